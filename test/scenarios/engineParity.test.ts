import { afterEach, describe, expect, it } from "vitest";
import type { Deployment, ResourceState } from "../../local-engine/state/deployment";
import { type Engine, engines, type Outcome, type RunSettings } from "../support/engine";
import type { Project } from "../support/project";
import { changeInWorld, makeThingProject, removeFromWorld, thingProgram, worldOf } from "../support/things";

interface Act {
  readonly verb: "preview" | "up" | "refresh" | "destroy";
  /** Body of the program from here on. */
  readonly body?: string;
  readonly config?: Readonly<Record<string, string>>;
  /** What somebody else does to the world before. */
  readonly before?: (project: Project) => void;
  readonly settings?: RunSettings;
  /** Every step but the unchanged ones and the stack's own, as `op name`. */
  readonly steps: readonly string[];
  readonly fails?: boolean;
  /** What a person must be told. */
  readonly says?: readonly string[];
  /** Keys that exist afterwards. */
  readonly world?: readonly string[];
}

const urn = (name: string, type = "pulumi-nodejs:dynamic/things:Thing"): string =>
  `urn:pulumi:test::things::${type}::${name}`;

const lives: readonly { readonly name: string; readonly acts: readonly Act[] }[] = [
  {
    name: "a thing and one that needs it are made, kept, changed, and taken away",
    acts: [
      {
        verb: "preview",
        body: `
          const a = new Thing("a", { value: new pulumi.Config().require("value"), plain: 1, list: [true, null, { deep: "x" }] });
          const b = new Thing("b", { value: a.shout, tags: [a.shout, "t"] });
          exports.shout = a.shout; exports.key2 = b.key2; exports.known = b.key;`,
        config: { value: "one" },
        steps: ["create a", "create b"],
        world: [],
      },
      { verb: "up", steps: ["create a", "create b"], world: ["a", "b"] },
      { verb: "up", steps: [] },
      { verb: "preview", config: { value: "two" }, steps: ["update a", "update b"], says: ["value changes"] },
      { verb: "up", steps: ["update a", "update b"] },
      { verb: "refresh", steps: ["refresh a", "refresh b"] },
      {
        verb: "up",
        body: `const a = new Thing("a", { value: new pulumi.Config().require("value"), plain: 1 }); exports.only = a.value;`,
        steps: ["delete b"],
        world: ["a"],
      },
      { verb: "destroy", steps: ["delete a", "delete test"], world: [] },
    ],
  },
  {
    name: "secrets stay secret: from config, marked by the provider, named by the program, inside lists and objects",
    acts: [
      {
        verb: "up",
        body: `
          const hidden = pulumi.secret("hush");
          new Thing("a", { value: hidden, tags: ["open", hidden], deep: { open: 1, hidden } });
          const b = new Thing("b", { value: "open" }, { additionalSecretOutputs: ["shout", "drawn"] });
          exports.made = b.key2; exports.shout = b.shout; exports.nested = { open: "o", hidden };`,
        steps: ["create a", "create b"],
      },
      { verb: "up", steps: [] },
      { verb: "refresh", steps: ["refresh a", "refresh b"] },
    ],
  },
  {
    name: "a replacement is made before the original goes, with defaults drawn anew; what needs it follows",
    acts: [
      {
        verb: "up",
        body: `const a = new Thing("a", { key: "old" }); new Thing("b", { value: a.drawn });`,
        steps: ["create a", "create b"],
        world: ["b", "old"],
      },
      {
        verb: "preview",
        body: `const a = new Thing("a", { key: "new" }); new Thing("b", { value: a.drawn });`,
        steps: ["create-replacement a", "replace a", "update b", "delete-replaced a"],
      },
      {
        verb: "up",
        steps: ["create-replacement a", "replace a", "update b", "delete-replaced a"],
        world: ["b", "new"],
      },
      {
        verb: "up",
        body: `new Thing("a", { key: "newer", mode: "failDelete" });`,
        steps: ["create-replacement a", "replace a", "delete b", "delete-replaced a"],
        world: ["newer"],
      },
      {
        verb: "up",
        body: `new Thing("a", { key: "newest" });`,
        steps: ["create-replacement a", "replace a", "delete-replaced a"],
        fails: true,
        says: ["won't go: newer"],
        world: ["newer", "newest"],
      },
      { verb: "up", steps: ["delete-replaced a"], fails: true, world: ["newer", "newest"] },
      {
        verb: "up",
        body: `new Thing("a", { key: "last", mode: "deleteFirst" });`,
        steps: ["delete-replaced a", "replace a", "create-replacement a", "delete-replaced a"],
        fails: true,
      },
    ],
  },
  {
    name: "what is half made stays in the state and is updated although nothing changed",
    acts: [
      {
        verb: "up",
        body: `new Thing("a", { mode: new pulumi.Config().get("mode") ?? "partlyCreate" });`,
        steps: ["create a"],
        fails: true,
        says: ["a is half there"],
        world: ["a"],
      },
      { verb: "preview", steps: ["update a"] },
      { verb: "up", steps: ["update a"] },
      { verb: "up", config: { mode: "partlyUpdate" }, steps: ["update a"], fails: true, says: ["a is half changed"] },
      { verb: "up", config: { mode: "failUpdate" }, steps: ["update a"], fails: true, says: ["won't change a"] },
      { verb: "up", config: { mode: "plain" }, steps: ["update a"] },
      { verb: "up", steps: [] },
      { verb: "destroy", steps: ["delete a", "delete test"], world: [] },
    ],
  },
  {
    name: "a failure stops what has not begun; with continue-on-error only what depends on it",
    acts: [
      {
        verb: "up",
        body: `
          const bad = new Thing("bad", { mode: "failCreate" });
          new Thing("needs", { value: bad.shout });
          new Thing("also", {}, { dependsOn: [bad] });
          new Thing("free");`,
        settings: { continueOnError: true },
        steps: ["create bad", "create free"],
        fails: true,
        says: ["no room for bad"],
        world: ["free"],
      },
      {
        verb: "up",
        body: `const bad = new Thing("bad", { mode: "failCreate" }); new Thing("needs", { value: bad.shout });`,
        steps: ["create bad"],
        fails: true,
        world: ["free"],
      },
      {
        verb: "up",
        body: `new Thing("bad", { mode: "refuse" });`,
        steps: [],
        fails: true,
        says: ["refuse is refused"],
      },
    ],
  },
  {
    name: "a renamed thing and its renamed parent keep their state through aliases",
    acts: [
      {
        verb: "up",
        body: `const g = new Group("g"); const a = new Thing("a", {}, { parent: g }); new Thing("b", { value: a.shout });`,
        steps: ["create a", "create b", "create g"],
      },
      {
        verb: "up",
        body: `
          const g = new Group("group", {}, { aliases: [{ name: "g" }] });
          const a = new Thing("first", { key: "a" }, { parent: g, aliases: [{ name: "a" }] });
          const b = new Thing("b", { value: a.shout, module: "things2" }, { aliases: [{ type: "pulumi-nodejs:dynamic/things:Thing" }] });
          g.registerOutputs({ shout: a.shout });`,
        steps: [],
      },
      {
        verb: "up",
        body: `const g = new Group("group", { changed: 1 }); new Thing("first", { key: "a", value: "w" }, { parent: g });`,
        steps: ["delete b", "update first", "update group"],
      },
      { verb: "destroy", steps: ["delete first", "delete group", "delete test"], world: [] },
    ],
  },
  {
    name: "what somebody else changed or took away is found by refresh and repaired by up",
    acts: [
      {
        verb: "up",
        body: `const a = new Thing("a"); new Thing("b", {}, { dependsOn: [a] }); new Thing("c", { value: a.shout });`,
        steps: ["create a", "create b", "create c"],
      },
      {
        verb: "refresh",
        before: (project) => {
          removeFromWorld(project, "a");
          changeInWorld(project, "b", "other");
        },
        steps: ["refresh a", "refresh b", "refresh c"],
      },
      { verb: "preview", steps: ["create a", "update b", "update c"] },
      { verb: "up", steps: ["create a", "update b"], world: ["a", "b", "c"] },
      {
        verb: "up",
        before: (project) => removeFromWorld(project, "c"),
        settings: { refresh: true },
        steps: ["create c", "refresh a", "refresh b", "refresh c"],
        world: ["a", "b", "c"],
      },
    ],
  },
  {
    name: "protect, retainOnDelete, deletedWith and ignoreChanges are obeyed",
    acts: [
      {
        verb: "up",
        body: `
          const a = new Thing("a", {}, { protect: true });
          const host = new Thing("host", {}, { retainOnDelete: true });
          const guest = new Thing("guest", {}, { deletedWith: host });
          new Thing("stays", { value: "first", tags: { x: 1, y: 1 } }, { ignoreChanges: ["value", "tags.x"] });`,
        steps: ["create a", "create guest", "create host", "create stays"],
      },
      {
        verb: "up",
        body: `
          const a = new Thing("a", {}, { protect: true });
          new Thing("stays", { value: "second", tags: { x: 2, y: 1 } }, { ignoreChanges: ["value", "tags.x"] });`,
        steps: ["delete guest", "delete host"],
        world: ["a", "guest", "host", "stays"],
      },
      { verb: "up", body: "", steps: ["delete a", "delete stays"], fails: true, says: ["protected"] },
      { verb: "up", body: `new Thing("a");`, steps: [] },
      { verb: "destroy", steps: ["delete a", "delete test"] },
    ],
  },
  {
    name: "a program that fails deletes nothing, and its outputs stay",
    acts: [
      {
        verb: "up",
        body: `new Thing("a"); new Thing("b"); exports.old = 1; exports.both = 1;`,
        steps: ["create a", "create b"],
      },
      {
        verb: "up",
        body: `new Thing("a"); exports.both = 2; throw new Error("the program broke");`,
        settings: { continueOnError: true },
        steps: [],
        fails: true,
        says: ["the program broke"],
        world: ["a", "b"],
      },
      {
        verb: "up",
        body: `new Thing("a"); new Thing("a");`,
        steps: [],
        fails: true,
        says: [urn("a")],
        world: ["a", "b"],
      },
      { verb: "up", body: `exports.done = pulumi.secret({ deep: 1 });`, steps: ["delete a", "delete b"], world: [] },
    ],
  },
  {
    name: "a thing that belongs to somebody else is read, and never taken away",
    acts: [
      {
        verb: "up",
        before: (project) => changeInWorld(project, "theirs", "t"),
        body: `const t = Thing.get("theirs", "id of theirs", { key: "theirs" }); new Thing("mine", { value: t.shout }); exports.shout = t.shout;`,
        steps: ["create mine", "read theirs"],
        world: ["mine", "theirs"],
      },
      { verb: "preview", steps: ["read theirs"] },
      {
        verb: "up",
        before: (project) => changeInWorld(project, "theirs", "new"),
        steps: ["read theirs", "update mine"],
      },
      { verb: "up", body: `new Thing("mine");`, steps: ["discard theirs", "update mine"], world: ["mine", "theirs"] },
    ],
  },
  {
    name: "with targets, nothing else is touched",
    acts: [
      {
        verb: "up",
        body: `const v = new pulumi.Config().get("value") ?? "v"; const a = new Thing("a", { value: v }); new Thing("b", { value: a.shout }); new Thing("c", { value: v });`,
        steps: ["create a", "create b", "create c"],
      },
      { verb: "preview", config: { value: "w" }, settings: { targets: [urn("c")] }, steps: ["update c"] },
      { verb: "up", settings: { targets: [urn("c")] }, steps: ["update c"] },
      { verb: "refresh", settings: { targets: [urn("a")] }, steps: ["refresh a"] },
      { verb: "destroy", settings: { targets: [urn("b")] }, steps: ["delete b"], world: ["a", "c"] },
      { verb: "destroy", settings: { targets: [urn("a"), urn("c")] }, steps: ["delete a", "delete c"], world: [] },
    ],
  },
];

const [local, pulumi] = engines();

describe(`the life of a stack on ${engines()
  .map(({ name }) => `the ${name}`)
  .join(" and ")}`, () => {
  const projects = new Map<Engine, Project>();
  afterEach(() => {
    for (const project of projects.values()) {
      project.remove();
    }
    projects.clear();
  });

  it.each(lives.map((life) => [life.name, life] as const))("%s", async (_, { acts }) => {
    for (const engine of engines()) {
      projects.set(engine, await makeThingProject({ body: "" }));
    }
    for (const [index, act] of acts.entries()) {
      const played: { outcome: Outcome; state: unknown }[] = [];
      for (const [engine, project] of projects) {
        const outcome = await play(engine, project, act);
        const label = `act ${index + 1}, ${act.verb} on the ${engine.name}:\n${outcome.text}`;
        expect(shortSteps(outcome), label).toEqual([...act.steps].sort());
        expect(outcome.succeeded, label).toBe(act.fails !== true);
        for (const words of act.says ?? []) {
          expect(outcome.text, label).toContain(words);
        }
        if (act.world !== undefined) {
          expect(worldOf(project), label).toEqual(act.world);
        }
        played.push({ outcome, state: comparable(await engine.export(project)) });
      }
      expectEqual(act, `act ${index + 1}, ${act.verb}`, played);
    }
  });
});

it.runIf(pulumi !== undefined)(
  "a stack can be handed over: pulumi stack import takes the local export, and nothing is to be done",
  async () => {
    if (local === undefined || pulumi === undefined) {
      throw new Error("only one engine was found");
    }
    const environment = { PULUMI_CONFIG_PASSPHRASE: "only for tests" };
    const body = `const a = new Thing("a", { value: pulumi.secret("hush") }); new Thing("b", { value: a.shout });`;
    const project = await makeThingProject({ body, environment });
    try {
      await local.up(project);
      await pulumi.import(project, await local.export(project));
      expect(shortSteps(await pulumi.preview(project))).toEqual([]);
      expect(comparable(await pulumi.export(project))).toEqual(comparable(await local.export(project)));
    } finally {
      project.remove();
    }
  },
);

/** Where there are two engines, what they did, counted and stored is the same. */
function expectEqual(act: Act, label: string, [mine, theirs]: readonly { outcome: Outcome; state: unknown }[]): void {
  if (mine === undefined || theirs === undefined) {
    return;
  }
  expect(mine.outcome.outputs, label).toEqual(theirs.outcome.outputs);
  expect(mine.state, label).toEqual(theirs.state);
  // After a failure the Pulumi CLI counts what it had begun as well.
  if (act.fails !== true) {
    // It counts a read where the value differs from the last one; a read changes nothing, so this engine counts none.
    const { read: _, ...changes } = theirs.outcome.changes;
    expect(mine.outcome.changes, label).toEqual(changes);
  }
}

async function play(engine: Engine, project: Project, act: Act): Promise<Outcome> {
  if (act.body !== undefined) {
    project.setProgram(thingProgram(act.body));
  }
  if (act.config !== undefined) {
    project.addConfig(act.config);
  }
  act.before?.(project);
  return engine[act.verb](project, act.settings);
}

function shortSteps({ steps }: Outcome): string[] {
  return steps
    .filter(({ op }) => op !== "same")
    .filter(({ op, type }) => type !== "pulumi:pulumi:Stack" || op === "delete")
    .map(({ op, name }) => `${op} ${name.replace("things-test", "test")}`)
    .sort();
}

/** Without what can't be equal: times, ids that are drawn, positions in source files, and the order of independent ones. */
function comparable(deployment: Deployment): unknown {
  const providerIds = /(pulumi-nodejs::default)::[0-9a-f-]{36}/;
  const resources = (deployment.deployment.resources ?? []).map((resource) => {
    const { created, modified, sourcePosition, stackTrace, ...rest } = resource as ResourceState &
      Record<string, unknown>;
    return {
      ...rest,
      ...(rest.dependencies && { dependencies: [...rest.dependencies].sort() }),
      ...(rest.type.startsWith("pulumi:providers:") && { id: "drawn" }),
      ...(rest.provider && { provider: rest.provider.replace(providerIds, "$1::drawn") }),
    };
  });
  const key = (resource: { urn: string; delete?: boolean }): string => `${resource.urn} ${resource.delete ?? false}`;
  return {
    resources: resources.sort((left, right) => (key(left) < key(right) ? -1 : 1)),
    pending: deployment.deployment.pending_operations ?? [],
  };
}
