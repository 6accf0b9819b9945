import { afterEach, describe, expect, it } from "vitest";
import { version as current } from "../../package.json";
import { onCallProgram } from "../support/programs";
import { hosts } from "../support/project";
import { importRecorded, recordedProviderId, recordedVersions, rotatedStack } from "../support/recordedStates";
import type { World } from "../support/world";

const states = recordedVersions().flatMap((version) => hosts.map((host) => ({ version, host })));

it("this version's states are recorded, for later ones to read", () => {
  expect(recordedVersions()).toContain(current);
});

describe.each(states)("a state that version $version wrote, with the host $host,", ({ version, host }) => {
  let world: World;
  afterEach(() => world.stop());

  it("is read without a change, and its overlap, its rotation and its holders go on", async () => {
    world = await rotatedStack(host);
    const both = world.registered();
    const two = await world.thumbprint("on-call");
    await importRecorded(world, version, host);
    expect(JSON.stringify(await world.export())).toContain(recordedProviderId);

    expect((await world.preview()).changes).toEqual({ same: 3 });
    await world.up();
    expect((await world.refresh()).succeeded).toBe(true);
    expect(world.registered()).toEqual(both);

    world.at("2027-09-12");
    await world.up();
    expect(world.registered()).toEqual([two]);

    world.project.setProgram(onCallProgram('holders: ["alice"], organization: "Contoso"', ["prod"]));
    expect((await world.preview()).text).toContain("bob left");
    await world.up();
    expect(world.registered()).toEqual([await world.thumbprint("on-call")]);
    expect(world.registered()).not.toContain(two);
    await world.destroy();
    expect(world.registered()).toEqual([]);
  });
});
