import { execFile } from "node:child_process";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { findPulumi } from "../../cli/stackRunner/findPulumi";
import { type Engine, engines, runEnvironment } from "../support/engine";
import { repositoryRoot } from "../support/project";
import { pulumiEnvironment } from "../support/pulumiEngine";
import { World } from "../support/world";

/** `on-call` is due after eight months, `spare` after two years; the link of the latter can be left out. */
const program = (spareLinks: string): string => `
const pulumi = require("@pulumi/pulumi");
const { CertificateFile, credential, ManagementCertificate, SubscriptionCertificateLink } = require("pulumi-azure-certificates");
const subscriptions = new pulumi.Config().requireObject("subscriptions");
const onCall = new ManagementCertificate("on-call", {});
const prod = new SubscriptionCertificateLink("on-call/prod", { subscriptionId: subscriptions[0], certificate: onCall });
new CertificateFile("key", { credential: credential({ certificate: onCall, links: [prod] }), path: __dirname + "/keys/on-call.pem" });
const spare = new ManagementCertificate("spare", { validityPeriodHours: 26280 });
${spareLinks}
`;
const spareLink = `new SubscriptionCertificateLink("spare/staging", { subscriptionId: subscriptions[1], certificate: spare });`;

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command as a schedule runs it, in the project's folder. */
function rotate({ project }: World, engine: Engine, asOf: string, args: readonly string[]): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const pulumi = engine.name === "pulumi" ? findPulumi() : undefined;
  const env =
    pulumi === undefined
      ? { ...process.env, ...runEnvironment(project, { asOf }) }
      : pulumiEnvironment(pulumi, project, { asOf });
  const command = [join(repositoryRoot, "dist/cli/main.js"), "rotate", "--stack", project.stack];
  const local = pulumi === undefined ? ["--local"] : [];
  execFile(
    process.execPath,
    [...command, ...local, ...args],
    { cwd: project.directory, env },
    (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
  );
  return promise;
}

/** Either host tells its reasons in another way: one each is enough. */
const stages = engines().map(
  (engine): Engine => ({ ...engine, host: engine.name === "pulumi" ? "dynamic" : "plugin" }),
);

describe.each(stages)("azure-certificates rotate on the $name", (engine) => {
  let world: World;
  afterEach(() => world.stop());

  it("tells what is due, carries out that and nothing else, and then has nothing to do", async () => {
    world = await World.start(engine, { program: program(spareLink) });
    await world.up();
    const [one, spare] = [await world.thumbprint("on-call"), await world.thumbprint("spare")];
    world.project.setProgram(program(""));
    world.at("2027-09-05");
    const asOf = "2027-09-05T00:00:00Z";

    const told = await rotate(world, engine, asOf, []);
    expect(told).toMatchObject({ code: 2, stderr: "" });
    const lines = told.stdout.split("\n").map((line) => line.trim().replaceAll(/ {2,}/g, " | "));
    expect(lines[0]).toMatch(
      /^As of 2027-09-05 00:00 UTC, 2 resources have something due \(stack test, previewed with /,
    );
    expect(lines).toContainEqual(
      expect.stringMatching(/^since 2027-09-01 08:00 UTC \| on-call \| rotates now, because the renewal window opened/),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^now \| on-call\/prod \| registers the successor of /));
    expect(lines).toContainEqual(expect.stringMatching(/^update \| key \| CertificateFile/));
    expect(lines).toContainEqual(expect.stringMatching(/^delete \| spare\/staging \| SubscriptionCertificateLink/));
    expect(world.registered()).toEqual([one]);

    const applied = await rotate(world, engine, asOf, ["--apply", "--only-due", "--json"]);
    expect(applied.code).toBe(0);
    const report = JSON.parse(applied.stdout);
    expect(report).toMatchObject({ decision: "apply", applied: { succeeded: true, errors: [], stillDue: [] } });
    expect(report.applied.changes).toMatchObject({ create: 0, update: 3, replace: 0, delete: 0 });
    expect(applied.stderr).toContain("on-call updated\n");
    const two = await world.thumbprint("on-call");
    expect(two).not.toBe(one);
    expect(world.registered(0)).toEqual([one, two].sort());
    expect(world.registered(1)).toEqual([spare]);
    expect(await world.thumbprint("key")).toBe(two);

    const after = await rotate(world, engine, asOf, ["--apply"]);
    expect(after).toMatchObject({ code: 0, stderr: "" });
    expect(after.stdout).toMatch(
      /^As of 2027-09-05 00:00 UTC, nothing is due .* The next date is 2027-09-12: on-call\/prod /,
    );
    expect(after.stdout).toContain("spare/staging");
    expect(world.registered(1)).toEqual([spare]);
  });
});
