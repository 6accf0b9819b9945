import { afterEach, describe, expect, it } from "vitest";
import { stages } from "../support/engine";
import { World } from "../support/world";

describe.each(stages())("the quickstart on the $title", (engine) => {
  let world: World;
  afterEach(() => world.stop());

  it("goes through a year: first upload, rotation with overlap, retirement, destroy", async () => {
    world = await World.start(engine, { from: "examples/quickstart" });
    const first = await world.up();
    expect(first.changes).toMatchObject({ create: 4 });
    const one = await world.thumbprint("pipeline");
    expect([world.registered(0), world.registered(1)]).toEqual([[one], [one]]);
    expect(first.outputs).toMatchObject({
      credential: "[secret]",
      thumbprint: one,
      renewalTime: "2027-09-01T08:00:00Z",
    });

    world.at("2027-08-31");
    const early = await world.preview();
    expect(early.changes).toMatchObject({ same: 4 });
    expect(early.text).not.toContain("due:");

    world.at("2027-09-05");
    const due = await world.preview();
    expect(due.text).toContain("due: rotates now, because the renewal window opened on 2027-09-01");
    expect(due.text).toContain(
      `due: registers the successor of ${one.slice(0, 8)}… on subscription ${world.subscription(0)}`,
    );
    expect(world.registered()).toEqual([one]);

    await world.up();
    const two = await world.thumbprint("pipeline");
    expect(world.registered(0)).toEqual([one, two].sort());
    expect(world.registered(1)).toEqual([one, two].sort());

    world.at("2027-09-12");
    expect((await world.preview()).text).toContain(
      `due: retires ${one.slice(0, 8)}…, whose overlap of 168 hours ended`,
    );
    await world.up();
    expect([world.registered(0), world.registered(1)]).toEqual([[two], [two]]);
    expect((await world.preview()).changes).toMatchObject({ same: 4 });

    await world.destroy();
    expect([world.registered(0), world.registered(1)]).toEqual([[], []]);
  });
});
