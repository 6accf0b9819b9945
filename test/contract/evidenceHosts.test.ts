import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../emulator/emulator";
import { type Properties, revealProperties } from "../../local-engine/values";
import type { EvidenceHead, EvidenceLine } from "../../provider/evidence/evidenceLine";
import { verifyEvidence } from "../../provider/evidence/verifyEvidence";
import { emulatorConfig } from "../support/emulatorConfig";
import { HostProcess } from "../support/hostProcess";
import { certificateInput } from "../support/linkInput";
import { hosts, makeProject, type Project } from "../support/project";

const today = "2027-01-01T00:00:00Z";
const linkType = "SubscriptionCertificateLink";
const patienceMs = 30_000;

let project: Project;
beforeAll(async () => {
  project = await makeProject({ name: "access", stack: "prod", program: "" });
});
afterAll(() => project.remove());

describe.each(hosts)("evidence of the %s host", (kind) => {
  it("that was killed between an effect and its line is noticed, and healed by the next run", async () => {
    const emulator = await startEmulator({ now: new Date(today), subscriptions: [randomUUID()] });
    const file = join(project.directory, `${kind}.jsonl`);
    const collected = join(project.directory, `${kind}.collected`);
    const environment = { AZURE_CERTIFICATES_AS_OF: today, AZURE_CERTIFICATES_EVIDENCE_PATH: file };
    const collector = [
      "sh",
      "-c",
      `test -z "$AZURE_CERTIFICATES_EVIDENCE_PATH$PULUMI_CONFIG_PASSPHRASE" && cat >> ${collected}`,
    ];
    const config = { ...emulatorConfig(emulator), evidenceCommand: JSON.stringify(collector) };
    const start = () => HostProcess.start(kind, { directory: project.directory, environment, config });
    const lines = () =>
      readFileSync(file, "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as EvidenceLine);
    const killed = await start();
    const certificate = await killed.made("ManagementCertificate", "on-call", {});
    const args: Properties = {
      subscriptionId: emulator.subscriptions[0] ?? "",
      certificate: certificateInput(revealProperties(certificate.outputs)) as Properties,
    };
    emulator.misbehave([{ match: { method: "POST" }, do: { kind: "slow", milliseconds: 600_000, when: "after" } }]);
    const lost = killed.made(linkType, "link", args).catch(() => "lost");
    await untilRegistered(emulator);
    await killed.stop();
    expect(await lost).toBe("lost");
    expect(lines()).toMatchObject([{ outcome: "intended", action: "registered", stack: "access/prod", link: "link" }]);
    expect(verifyEvidence(readFileSync(file), []).problems).toMatchObject([{ kind: "unsettled", place: 1 }]);

    emulator.misbehave([]);
    const next = await start();
    try {
      const { outputs } = await next.made(linkType, "link", args);
      expect(outputs["history"]).toMatchObject([{ action: "found", credential: emulator.credentialThumbprint }]);
      const head = { link: "link", ...(outputs["evidence"] as unknown as EvidenceHead) };
      expect(verifyEvidence(readFileSync(file), [head]).problems).toEqual([]);
      expect(lines()[1]).toMatchObject({ outcome: "seen", action: "found" });
      expect(readFileSync(collected, "utf8")).toBe(readFileSync(file, "utf8"));
    } finally {
      await next.stop();
      await emulator.stop();
    }
  });
});

async function untilRegistered(emulator: Emulator): Promise<void> {
  const [subscription = ""] = emulator.subscriptions;
  for (const deadline = Date.now() + patienceMs; emulator.certificates(subscription).length < 2; ) {
    expect(Date.now()).toBeLessThan(deadline);
    await wait(10);
  }
}
