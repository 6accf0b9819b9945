import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../emulator/emulator";
import { type Properties, revealProperties } from "../../local-engine/values";
import { emulatorConfig } from "../support/emulatorConfig";
import { HostProcess } from "../support/hostProcess";
import { certificateInput } from "../support/linkInput";
import { hosts, makeProject, type Project, repositoryRoot } from "../support/project";

/** What only some services, or only changes, are done with. */
const forTokens = ["@azure/identity", "@azure/msal-node"];
const forProofs = ["jose"];
const forRequests = ["undici"];

describe.each(hosts)("the %s host loads what it needs when it needs it", (kind) => {
  let folder: string;
  let emulator: Emulator;
  let project: Project;
  let host: HostProcess;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "lazy-start-"));
    emulator = await startEmulator({ now: new Date("2027-01-01"), subscriptions: [randomUUID()] });
    project = await makeProject({ name: "access", stack: "prod", program: "" });
    host = await HostProcess.start(kind, {
      directory: project.directory,
      environment: {
        AZURE_CERTIFICATES_AS_OF: "2027-01-01T00:00:00Z",
        LOADED_PACKAGES: join(folder, "loaded"),
        NODE_OPTIONS: `--require ${join(repositoryRoot, "test/support/loadedPackages.cjs")}`,
      },
      config: emulatorConfig(emulator),
    });
  });
  afterEach(async () => {
    await host.stop();
    await emulator.stop();
    project.remove();
    rmSync(folder, { recursive: true });
  });

  const loaded = (names: readonly string[]) => {
    const all = readFileSync(join(folder, "loaded"), "utf8").split("\n");
    expect(all).toContain("zod");
    return names.filter((name) => all.includes(name));
  };

  it("nothing of any service for a check, of Entra nothing for a subscription, and all of it in the end", async () => {
    const { outputs } = await host.made("ManagementCertificate", "on-call", {});
    const certificate = certificateInput(revealProperties(outputs)) as Properties;
    const subscriptionId = emulator.subscriptions[0] ?? "";
    const application = { appId: emulator.directory.applications[0]?.appId ?? "", certificate };
    await host.check("SubscriptionCertificateLink", "classic", { subscriptionId, certificate });
    await host.check("ApplicationCertificateLink", "entra", application);
    expect(loaded([...forTokens, ...forProofs, ...forRequests])).toEqual([]);

    await host.made("SubscriptionCertificateLink", "classic", { subscriptionId, certificate });
    expect(loaded([...forTokens, ...forProofs])).toEqual([]);
    expect(loaded(forRequests)).toEqual(forRequests);

    // Not itself the application: it has nothing to prove.
    await host.made("ApplicationCertificateLink", "entra", application);
    expect(loaded([...forTokens, ...forProofs])).toEqual(forTokens);
  });
});
