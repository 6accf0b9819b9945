import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { assertionOf, keyIn, signIn as signInToEntra } from "../contract/entraFixture";
import { stages } from "../support/engine";
import { repositoryRoot } from "../support/project";
import { signIn } from "../support/signIn";
import { World } from "../support/world";

/** The example, with a consumer who gets each key the moment it is handed out. */
const program = `${readFileSync(join(repositoryRoot, "examples/migrate/index.js"), "utf8")}
const { renameSync, writeFileSync } = require("node:fs");
for (const [name, pem] of Object.entries(exports.keys)) {
  pem.apply((text) => {
    writeFileSync(name + ".new", text, { mode: 0o600 });
    renameSync(name + ".new", name + ".pem");
  });
}
`;

describe.each(stages())("a team that moves to app registrations, on the $title,", (stage) => {
  let world: World;
  afterEach(() => world.stop());

  const opensSubscription = async (): Promise<boolean> => {
    const pem = readFileSync(join(world.project.directory, "deploy.pem"), "utf8");
    const authority = readFileSync(world.emulator.caCertificatePath, "utf8");
    const answer = await signIn(world.emulator.endpoint, authority, world.subscription(), pem);
    expect(["accepted", "refused"]).toContain(answer);
    return answer === "accepted";
  };
  const opensApplication = async (): Promise<boolean> => {
    const key = keyIn(readFileSync(join(world.project.directory, "deploy.pem"), "utf8"));
    const appId = world.emulator.directory.applications[0]?.appId ?? "";
    const { status } = await signInToEntra(world.emulator, appId, await assertionOf(world.emulator, appId, key));
    expect([200, 401]).toContain(status);
    return status === 200;
  };

  /** Signs in all the while. @returns how often, and how often in vain */
  async function during(
    work: Promise<unknown>,
    signsIn: () => Promise<boolean>,
  ): Promise<{ times: number; refused: number }> {
    let isOver = false;
    const ended = work.finally(() => {
      isOver = true;
    });
    ended.catch(() => {});
    const seen = { times: 0, refused: 0 };
    do {
      seen.refused += (await signsIn()) ? 0 : 1;
      seen.times += 1;
      await new Promise(setImmediate);
    } while (!isOver);
    await ended;
    return seen;
  }

  it("is at the new door in three updates, each as previewed, and never before a closed one", async () => {
    world = await World.start(stage, { from: "examples/migrate", subscriptions: 1, program });
    const appId = world.emulator.directory.applications[0]?.appId;
    const team = JSON.stringify([{ name: "deploy", subscriptionId: world.subscription(), appId }]);
    world.project.addConfig({ team, step: "1" });
    await world.up();
    const thumbprint = await world.thumbprint("deploy");
    expect([await opensSubscription(), await opensApplication()]).toEqual([true, false]);

    world.project.addConfig({ step: "2" });
    expect((await world.preview()).changes).toEqual({ create: 1, same: 3 });
    const opening = await during(world.up(), opensSubscription);
    expect(opening).toMatchObject({ refused: 0 });
    expect([await opensSubscription(), await opensApplication()]).toEqual([true, true]);

    world.project.addConfig({ step: "3" });
    expect((await world.preview()).changes).toEqual({ delete: 1, same: 3 });
    const closing = await during(world.up(), opensApplication);
    expect(closing).toMatchObject({ refused: 0 });
    expect([await opensSubscription(), await opensApplication()]).toEqual([false, true]);
    expect(Math.min(opening.times, closing.times)).toBeGreaterThan(1);
    expect(await world.thumbprint("deploy")).toBe(thumbprint);
  });
});
