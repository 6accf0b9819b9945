import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { exportStack, type RunOptions, refresh, up } from "../../local-engine/engine";
import type { EngineEvent, RunResult } from "../../local-engine/events";
import type { Project, ProjectParts } from "../support/project";
import { makeThingProject, takeCalls, thingProgram, worldOf } from "../support/things";

let project: Project;
afterEach(() => project.remove());

async function start(body: string, more: Pick<ProjectParts, "environment" | "host"> = {}): Promise<void> {
  project = await makeThingProject({ body, ...more });
}

const options = (more: Partial<RunOptions> = {}): RunOptions => ({
  projectDirectory: project.directory,
  stack: project.stack,
  environment: project.environment,
  ...more,
});

const opsOf = (result: RunResult): string[] => result.steps.map(({ op, name }) => `${op} ${name}`);
const errorsOf = (result: RunResult): string =>
  result.diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ message }) => message)
    .join("\n");
const urnsOf = (): string[] =>
  exportStack(options()).deployment.resources.map(({ urn }) => urn.split("::").at(-1) ?? "");
const letGo = (name: string): void => writeFileSync(join(project.directory, name), "");

/** Calls back when the step of this name begins. */
const whenBegun =
  (name: string, act: () => void) =>
  (event: EngineEvent): void => {
    if (event.kind === "stepStarted" && event.step.name === name) {
      act();
    }
  };

describe("steps of a run", () => {
  it("go in parallel: things that wait for each other come to an end", async () => {
    await start(
      `new Thing("a", { waitFor: ["world/b.json"] }); new Thing("b"); new Thing("c", { waitFor: ["world/a.json"] });`,
    );
    expect((await up(options({ parallel: 3 }))).outcome).toBe("succeeded");
    expect(worldOf(project)).toEqual(["a", "b", "c"]);
  });

  it("keep to the bound: with one at a time, each ends before the next begins", async () => {
    await start(`for (const name of ["a", "b", "c"]) { new Thing(name); }`);
    await up(options({ parallel: 1 }));
    const creates = takeCalls(project).filter((call) => call.includes("create"));
    expect(creates).toHaveLength(6);
    for (let index = 0; index < creates.length; index += 2) {
      expect(creates[index]?.replace("begin", "end")).toBe(creates[index + 1]);
    }
  });

  it("are planned one at a time, although they are carried out together", async () => {
    await start(`for (const name of ["a", "b", "c", "d"]) { new Thing(name); }`);
    await up(options());
    const checks = takeCalls(project).filter((call) => call.startsWith("check"));
    for (let index = 0; index < checks.length; index += 2) {
      expect(checks[index + 1]).toBe(checks[index]?.replace("check", "checked").replace(" olds:0", ""));
    }
  });

  it("see the old inputs in check, none at the second check of a replacement, and the date that is asked about", async () => {
    await start(`new Thing("a", { key: "k1" });`);
    await up(options());
    expect(takeCalls(project).filter((call) => call.startsWith("check "))).toEqual(["check k1 olds:0"]);
    project.setProgram(thingProgram(`new Thing("a", { key: "k2" });`));
    await up(options({ asOf: new Date("2027-03-01T00:00:00Z") }));
    expect(takeCalls(project)).toEqual([
      "configure hello as of 2027-03-01T00:00:00Z",
      "check k2 olds:4",
      "checked k2",
      "diff k1",
      "check k2 olds:0",
      "checked k2",
      "begin create k2",
      "end create k2",
      "begin delete k1",
      "end delete k1",
    ]);
  });
});

describe("a run that is cancelled", () => {
  it("finishes what runs, keeps it, and begins nothing new: neither what waits its turn nor what depends on it", async () => {
    const names = ["one", "two"];
    await start(`
      const all = ["one", "two"].map((name) => new Thing(name, { waitFor: ["go"] }));
      new Thing("later", { value: all[0].shout, tags: [all[1].shout] });`);
    const cancel = new AbortController();
    const result = await up(
      options({
        signal: cancel.signal,
        parallel: 1,
        onEvent: (event) => {
          if (event.kind === "stepStarted" && names.includes(event.step.name)) {
            cancel.abort();
            letGo("go");
          }
        },
      }),
    );
    expect(result).toMatchObject({ succeeded: false, outcome: "cancelled" });
    const [made, ...more] = worldOf(project);
    expect(more).toEqual([]);
    expect(urnsOf()).toEqual(["things-test", "default", made]);
    const other = names.filter((name) => name !== made);
    expect(opsOf(await up(options())).sort()).toEqual(
      ["create later", `create ${other}`, `same ${made}`, "same things-test"].sort(),
    );
  });

  it("a second time ends at once: what was under way is pending until a refresh", async () => {
    await start(`new Thing("slow", { waitFor: ["never"] });`);
    const [cancel, kill] = [new AbortController(), new AbortController()];
    const onEvent = whenBegun("slow", () => {
      cancel.abort();
      kill.abort();
    });
    const result = await up(options({ signal: cancel.signal, kill: kill.signal, onEvent }));
    expect(result.outcome).toBe("cancelled");
    expect(exportStack(options()).deployment.pending_operations).toMatchObject([
      { type: "creating", resource: { type: "pulumi-nodejs:dynamic/things:Thing" } },
    ]);
    const refreshed = await refresh(options());
    expect(refreshed.diagnostics.map(({ message }) => message).join()).toContain("nobody knows whether it exists");
    expect(exportStack(options()).deployment.pending_operations).toBeUndefined();
  });
});

it("an update that half failed leaves the old inputs beside the new outputs, as Pulumi does", async () => {
  await start(`new Thing("a");`);
  await up(options());
  project.setProgram(thingProgram(`new Thing("a", { value: "new", mode: "partlyUpdate" });`));
  expect((await up(options())).outcome).toBe("failed");
  const thing = exportStack(options()).deployment.resources.at(-1);
  expect(thing).toMatchObject({
    inputs: { value: "v" },
    outputs: { value: "new", shout: "NEW" },
    initErrors: ["a is half changed"],
  });
});

it("a refresh before an update looks with the old configuration, and the update works with the new one", async () => {
  await start(`new Thing("a");`);
  await up(options());
  takeCalls(project);
  project.addConfig({ "things:greeting": "good evening" });
  project.setProgram(thingProgram(`new Thing("a", { value: "new" });`));
  expect((await up(options({ refresh: true }))).outcome).toBe("succeeded");
  const calls = takeCalls(project).filter((call) => /^(configure|read|begin update)/.test(call));
  expect(calls.map((call) => call.replace(/ as of .*/, ""))).toEqual([
    "configure hello",
    "read a",
    "configure good evening",
    "begin update a",
  ]);
});

it("two runs of one stack do not meet", async () => {
  await start(`new Thing("a", { waitFor: ["go"] });`);
  let second: Promise<RunResult> | undefined;
  const onEvent = whenBegun("a", () => {
    second = up(options());
    second.catch(() => {}).finally(() => letGo("go"));
  });
  expect((await up(options({ onEvent }))).outcome).toBe("succeeded");
  await expect(second).rejects.toThrow(/Another run of this stack is under way/);
});

it("a program is refused where it would reach another machine, and no process is started", async () => {
  await start(`new Thing("a");`, {
    environment: { AZURE_CERTIFICATES_MANAGEMENT_ENDPOINT: "https://management.core.windows.net" },
  });
  await expect(up(options())).rejects.toThrow(/not on this machine/);
  expect(takeCalls(project)).toEqual([]);
});

describe("what the engine can't do is said by name", () => {
  it.each([
    ["importing dynamic resources", `new Thing("a", {}, { import: "x" });`],
    [
      "resource hooks",
      `const hook = new pulumi.ResourceHook("hook", () => {}); new Thing("a", {}, { hooks: { beforeCreate: [hook] } });`,
    ],
    ["functions of other packages' plugins", `pulumi.runtime.invoke("aws:index:getRegion", {});`],
    ["install-plugin", `pulumi.runtime.invoke("azure-certificates:index:parsePublishSettings", {});`],
    ["managementEndpoint of a", `new Thing("a", { managementEndpoint: "https://management.core.windows.net" });`],
    [
      "managementEndpoint of a",
      `new Thing("a", { managementEndpoint: pulumi.secret("https://management.core.windows.net") });`,
    ],
    [
      "managementEndpoint of a",
      `Thing.get("a", "id of a", { managementEndpoint: "https://management.core.windows.net" });`,
    ],
  ])("%s", async (words, body) => {
    await start(body);
    const result = await up(options());
    expect(result.outcome).toBe("failed");
    expect(errorsOf(result)).toContain(words);
    expect(worldOf(project)).toEqual([]);
  });

  it.each([
    [
      "getManagementCertificates",
      `pulumi.runtime.invoke("azure-certificates:index:getManagementCertificates", elsewhere);`,
    ],
    ["mine", `new Native("mine", elsewhere);`],
  ])("managementEndpoint of %s, with the native plugin", async (name, use) => {
    await start(
      `class Native extends pulumi.ProviderResource { constructor(name, props) { super("azure-certificates", name, props); } }
const elsewhere = { managementEndpoint: pulumi.secret("https://management.core.windows.net") };
${use}`,
      { host: "plugin" },
    );
    const result = await up(options());
    expect(result.outcome).toBe("failed");
    expect(errorsOf(result)).toMatch(new RegExp(`managementEndpoint of \\S*${name} is https`));
  });
});
