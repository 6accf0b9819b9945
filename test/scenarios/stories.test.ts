import { afterEach, describe, expect, it } from "vitest";
import { isStageOfAll, stages } from "../support/engine";
import { onCallProgram } from "../support/programs";
import { World, type WorldParts } from "../support/world";

describe.each(stages())("on the $title,", (engine) => {
  const itOnce = it.runIf(isStageOfAll(engine));
  let world: World;
  afterEach(() => world.stop());

  async function begin(program: string, parts: Partial<WorldParts> = {}): Promise<string> {
    world = await World.start(engine, { program, ...parts });
    await world.up();
    return world.thumbprint("on-call");
  }

  itOnce("a holder joins, then leaves: joining changes nothing, leaving replaces the certificate at once", async () => {
    const one = await begin(onCallProgram('holders: ["alice"]', ["prod"]));

    world.project.setProgram(onCallProgram('holders: ["alice", "Bob"]', ["prod"]));
    await world.up();
    expect(await world.stored("on-call")).toMatchObject({ thumbprint: one, heldBy: ["alice", "bob"] });
    expect(world.registered()).toEqual([one]);

    world.project.setProgram(onCallProgram('holders: ["alice"]', ["prod"]));
    const preview = await world.preview();
    expect(preview.text).toContain("due: rotates now without overlap, because bob left");
    expect(preview.text).toMatch(
      new RegExp(`due: registers the successor of .* and removes ${one.slice(0, 8)}…, which is revoked`),
    );
    await world.up();
    const two = await world.thumbprint("on-call");
    expect(two).not.toBe(one);
    expect(world.registered()).toEqual([two]);
  });

  itOnce("a link that was down for longer than the overlap still gives its consumers the whole overlap", async () => {
    const one = await begin(onCallProgram("", [{ name: "prod" }, { name: "staging", subscription: 1 }]));
    world.at("2027-09-05");
    world.emulator.setStatus(world.subscription(1), "disabled");
    const failed = await world.tryUp();
    expect(failed.succeeded).toBe(false);
    expect(failed.text).toContain("disabled");
    const two = await world.thumbprint("on-call");
    expect(world.registered(0)).toEqual([one, two].sort());
    expect(world.registered(1)).toEqual([one]);

    world.at("2027-10-20");
    world.emulator.setStatus(world.subscription(1), "active");
    await world.up();
    expect(world.registered(0)).toEqual([two]);
    expect(world.registered(1)).toEqual([one, two].sort());

    world.at("2027-10-27");
    await world.up();
    expect(world.registered(1)).toEqual([two]);
  });

  describe("an update of a link that fails between add and remove", () => {
    async function failHalfWay(): Promise<{ readonly one: string; readonly two: string }> {
      const one = await begin(onCallProgram('holders: ["alice", "bob", "carol"]', ["prod"]));
      world.project.setProgram(onCallProgram('holders: ["alice", "bob"]', ["prod"]));
      world.emulator.misbehave([
        { match: { method: "DELETE" }, do: { kind: "status", status: 400, code: "BadRequest", message: "not today" } },
      ]);
      const failed = await world.tryUp();
      expect(failed.succeeded).toBe(false);
      expect(failed.text).toContain("STILL OPEN");
      const two = await world.thumbprint("on-call");
      expect(world.registered()).toEqual([one, two].sort());
      return { one, two };
    }

    it("is finished by the next update", async () => {
      const { two } = await failHalfWay();
      await world.up();
      expect(world.registered()).toEqual([two]);
    });

    itOnce("leaves nothing open when the next holder leaves", async () => {
      await failHalfWay();
      world.project.setProgram(onCallProgram('holders: ["alice"]', ["prod"]));
      await world.up();
      expect(world.registered()).toEqual([await world.thumbprint("on-call")]);
    });

    itOnce("leaves nothing behind when the link is removed", async () => {
      await failHalfWay();
      world.project.setProgram(onCallProgram('holders: ["alice", "bob"]', []));
      await world.up();
      expect(world.registered()).toEqual([]);
    });

    itOnce("leaves nothing behind when the stack is destroyed", async () => {
      await failHalfWay();
      await world.destroy();
      expect(world.registered()).toEqual([]);
    });
  });

  itOnce("a link that begins during an overlap gets the current certificate only", async () => {
    const one = await begin(onCallProgram("", ["prod"]));
    world.at("2027-09-05");
    await world.up();
    const two = await world.thumbprint("on-call");
    world.project.setProgram(onCallProgram("", ["prod", { name: "staging", subscription: 1 }]));
    await world.up();
    expect(world.registered(0)).toEqual([one, two].sort());
    expect(world.registered(1)).toEqual([two]);
  });

  it("a link that is renamed does not undo its successor, nor the overlap that has begun", async () => {
    const one = await begin(onCallProgram("", ["prod"]));
    world.at("2027-09-05");
    await world.up();
    const two = await world.thumbprint("on-call");
    world.project.setProgram(onCallProgram("", ["production"]));
    const renamed = await world.up();
    expect(renamed.changes).toMatchObject({ create: 1, delete: 1 });
    expect(world.registered()).toEqual([one, two].sort());
    world.at("2027-09-12");
    await world.up();
    expect(world.registered()).toEqual([two]);
  });

  itOnce("a link whose current certificate was removed by hand fails and says how to put it back", async () => {
    const one = await begin(onCallProgram("", ["prod"]));
    world.emulator.take(world.subscription(), one);
    await world.refresh();
    expect((await world.preview()).text).toMatch(
      /somebody else removed .* the update will fail: set whenRemovedElsewhere to "restore"/,
    );
    const failed = await world.tryUp();
    expect(failed.succeeded).toBe(false);
    expect(failed.text).toContain(world.subscription());
    expect(world.registered()).toEqual([]);

    world.project.setProgram(onCallProgram("", [{ name: "prod", args: 'whenRemovedElsewhere: "restore"' }]));
    await world.up();
    expect(world.registered()).toEqual([one]);
  });

  itOnce("a trigger and a leaver in one change: the strictest wins, both are named", async () => {
    const one = await begin(onCallProgram('holders: ["alice", "bob"], rotationTriggers: { build: "1" }', ["prod"]));
    world.project.setProgram(onCallProgram('holders: ["alice"], rotationTriggers: { build: "2" }', ["prod"]));
    expect((await world.preview()).text).toContain(
      "without overlap, because bob left, and rotationTriggers changed (build changed)",
    );
    await world.up();
    expect(world.registered()).not.toContain(one);
    expect(world.registered()).toHaveLength(1);
  });

  itOnce("a state that was rolled back to before a rotation is noticed before anything is changed", async () => {
    const one = await begin(onCallProgram("", ["prod"]));
    const before = await world.export();
    world.at("2027-09-05");
    await world.up();
    const two = await world.thumbprint("on-call");
    await world.import(before);
    world.project.setProgram(onCallProgram('rotationTriggers: { why: "again" }', ["prod"]));
    const failed = await world.tryUp();
    expect(failed.succeeded).toBe(false);
    expect(failed.text).toContain(two.slice(0, 8));
    expect(world.registered()).toEqual([one, two].sort());
  });
});
