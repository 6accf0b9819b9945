import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { startEmulator } from "../../emulator/emulator";
import { makeCertificate } from "../contract/clientCertificates";
import { isStageOfAll, type Outcome, stages } from "../support/engine";
import { documented, readAlike } from "../support/errorsDocument";
import { onCallProgram } from "../support/programs";
import { World, type WorldParts } from "../support/world";

const stackTrace = /^\s+at \S/m;

/** What is registered everywhere, and what the state says: nothing of it may be lost by a mistake. */
async function everything(world: World): Promise<unknown> {
  const { deployment } = (await world.export()) as unknown as {
    deployment: { resources?: { urn: string; id?: string; inputs?: object; outputs?: object }[] };
  };
  return {
    // Configuration is what these tests change; it is in the provider's own resource.
    state: deployment.resources
      ?.filter(({ urn }) => !urn.includes("pulumi:providers:"))
      .map(({ urn, id, inputs, outputs }) => ({ urn, id, inputs, outputs }))
      // What was done at the same time stands in any order.
      .sort((left, right) => (left.urn < right.urn ? -1 : 1)),
    registered: world.emulator.subscriptions.map((_, index) => world.registered(index)),
  };
}

describe.each(stages())("on the $title,", (engine) => {
  let world: World;
  let folder: string | undefined;
  afterEach(async () => {
    await world.stop();
    if (folder !== undefined) {
      rmSync(folder, { recursive: true });
    }
  });

  function temporaryFolder(): string {
    folder = mkdtempSync(join(tmpdir(), "bad-input-"));
    return folder;
  }

  async function begin(parts: Partial<WorldParts>): Promise<void> {
    world = await World.start(engine, { program: onCallProgram("", ["prod"]), ...parts });
    await world.up();
  }

  function expectTold({ text, succeeded }: Outcome, title: string): void {
    expect(succeeded).toBe(false);
    const seen = readAlike(text);
    expect(seen).toContain(documented(title));
    expect(text).not.toMatch(stackTrace);
    if (engine.name === "local engine") {
      // Once for each resource that failed. Pulumi repeats the first line while it runs.
      expect(seen.split(documented(title))).toHaveLength(text.split("error: ").length);
    }
  }

  it("what the program says wrongly stops it before anything is changed", async () => {
    await begin({});
    const before = await everything(world);
    world.project.setProgram(
      onCallProgram("validityPeriodHours: 100, renewBeforeHours: 100, overlapHours: 200", ["prod"]),
    );
    for (const outcome of [await world.preview(), await world.tryUp()]) {
      expect(outcome.succeeded).toBe(false);
      expect(outcome.text).toContain("resource 'on-call': property renewBeforeHours");
      expect(outcome.text).toContain("resource 'on-call': property overlapHours");
      expect(outcome.text).not.toMatch(stackTrace);
    }
    expect(await everything(world)).toEqual(before);
    world.project.setProgram(onCallProgram("", ["prod"]));
    expect((await world.up()).changes).toMatchObject({ same: 3 });
  });

  it.runIf(isStageOfAll(engine))(
    "a subscription that is full, disabled or gone keeps its own link back, and no other",
    async () => {
      await begin({
        subscriptions: 4,
        emulator: { certificateLimit: 2 },
        config: { "azure-certificates:certificateLimit": "2" },
      });
      world.emulator.setStatus(world.subscription(1), "disabled");
      world.emulator.setStatus(world.subscription(2), "gone");
      const foreign = await makeCertificate();
      world.emulator.plant(world.subscription(3), foreign.der);
      const before = await everything(world);

      world.project.setProgram(
        onCallProgram("", [
          "prod",
          { name: "disabled", subscription: 1 },
          { name: "gone", subscription: 2 },
          { name: "full", subscription: 3 },
        ]),
      );
      const failed = await world.tryUp({ continueOnError: true });
      for (const title of [
        "A subscription that is disabled",
        "A subscription that is gone",
        "A subscription that is full",
      ]) {
        expect(readAlike(failed.text)).toContain(documented(title));
      }
      expect(failed.text).toContain(`subscription: ${world.subscription(1)}`);
      expect(failed.text).toContain(`subscription: ${world.subscription(2)}`);
      expect(failed.text).toContain(`Subscription ${world.subscription(3)} holds 2 certificates`);
      expect(await everything(world)).toEqual(before);

      world.emulator.setStatus(world.subscription(1), "active");
      world.emulator.setStatus(world.subscription(2), "active");
      world.emulator.take(world.subscription(3), foreign.thumbprint);
      await world.up();
      const one = await world.thumbprint("on-call");
      expect([1, 2, 3].map((index) => world.registered(index))).toEqual([[one], [one], [one]]);

      // What is registered on a subscription that goes is kept in the state, until a person says that it is over.
      const settled = await everything(world);
      world.emulator.setStatus(world.subscription(2), "gone");
      expectTold(await world.refresh(), "A subscription that is gone");
      const destroyed = await world.tryDestroy({ targets: [await urnOf("gone")] });
      expectTold(destroyed, "A subscription that is gone");
      expect(await everything(world)).toEqual(settled);
    },
  );

  async function urnOf(name: string): Promise<string> {
    const { deployment } = (await world.export()) as unknown as { deployment: { resources: { urn: string }[] } };
    return deployment.resources.find(({ urn }) => urn.endsWith(`::${name}`))?.urn ?? "";
  }

  it.runIf(isStageOfAll(engine))(
    "a credential or a connection that does not do is told before anything is changed",
    async () => {
      const dataDirectory = join(temporaryFolder(), "emulator");
      const inFolder = (name: string, content = "") => {
        const path = join(folder ?? "", name);
        writeFileSync(path, content, { mode: 0o600 });
        return path;
      };
      // A credential in the stack's configuration would be tried after one in the environment.
      const environment: Record<string, string> = {};
      await beginWith(environment, { dataDirectory });
      const before = await everything(world);
      const good = { ...environment };
      const change = (settings: Record<string, string>) => {
        for (const key of Object.keys(environment)) {
          delete environment[key];
        }
        Object.assign(environment, good, settings);
      };

      const expired = await makeCertificate({ notBefore: new Date("2025-06-01"), notAfter: new Date("2026-06-01") });
      world.emulator.plant(world.subscription(), expired.der);
      const unknown = await makeCertificate({ notBefore: new Date("2026-06-01"), notAfter: new Date("2030-06-01") });
      const open = inFolder("open.pem");
      copyFileSync(world.emulator.credentialPath, open);
      chmodSync(open, 0o644);
      const elsewhere = await startEmulator({ directory: join(folder ?? "", "elsewhere") });
      await elsewhere.stop();

      const path = "AZURE_CERTIFICATES_CLIENT_CERTIFICATE_PATH";
      const cases: readonly [string, Record<string, string>][] = [
        ["No credential", { [path]: "" }],
        ["A client certificate that has expired", { [path]: inFolder("expired.pem", expired.key + expired.cert) }],
        [
          "A client certificate that the subscription does not know",
          { [path]: inFolder("unknown.pem", unknown.key + unknown.cert) },
        ],
        [
          "Publish settings without a certificate for the subscription",
          { [path]: "", AZURE_CERTIFICATES_PUBLISH_SETTINGS_PATH: elsewhere.publishSettingsPath },
        ],
        ["A credential file that others can read", { [path]: open }],
        ["A credential file that is not there", { [path]: join(folder ?? "", "nowhere.pem") }],
        ["An endpoint without TLS", { AZURE_CERTIFICATES_MANAGEMENT_ENDPOINT: "http://127.0.0.1:8443" }],
        [
          "A server that this machine does not trust",
          { AZURE_CERTIFICATES_CA_CERTIFICATE_PATH: elsewhere.caCertificatePath },
        ],
        ["Verification switched off", { NODE_TLS_REJECT_UNAUTHORIZED: "0" }],
      ];
      const settled = await everything(world);
      for (const [title, settings] of cases) {
        change(settings);
        expectTold(await world.refresh(), title);
        expect(await everything(world), title).toEqual(settled);
      }
      change({});
      world.emulator.take(world.subscription(), expired.thumbprint);
      expect(await everything(world)).toEqual(before);

      await world.emulator.stop();
      expectTold(await world.refresh(), "An endpoint where nothing listens");
      const { port } = new URL(world.emulator.endpoint);
      const again = await startEmulator({ dataDirectory, port: Number(port), now: world.emulator.clock.now() });
      try {
        expect((await world.refresh()).succeeded).toBe(true);
        expect((await world.up()).changes).toMatchObject({ same: 3 });
        const certificates = again.certificates(world.subscription()).map(({ thumbprint }) => thumbprint);
        expect(certificates).toContain(await world.thumbprint("on-call"));
      } finally {
        await again.stop();
      }
    },
  );

  async function beginWith(environment: Record<string, string>, emulator: WorldParts["emulator"]): Promise<void> {
    world = await World.start(engine, {
      program: onCallProgram("", ["prod"]),
      environment,
      config: { "azure-certificates:clientCertificatePath": "" },
      ...(emulator === undefined ? {} : { emulator }),
    });
    environment["AZURE_CERTIFICATES_CLIENT_CERTIFICATE_PATH"] = world.emulator.credentialPath;
    await world.up();
  }
});
