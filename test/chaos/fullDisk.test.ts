import { statSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { wrongNow } from "../support/chaosKillRun";
import { type Operation, operations } from "../support/chaosOperations";
import { Score } from "../support/chaosTally";
import { ProcessWorld } from "../support/chaosWorld";

const blockBytes = 512;
const score = new Score("the emulator's disk", "fullDisk", 1);

let world: ProcessWorld;
afterEach(async () => {
  await world.stop();
  score.tell();
});

it("an upload that the emulator's disk does not take is never called successful; with room, it goes on", {
  timeout: 240_000,
}, async () => {
  world = await ProcessWorld.start();
  const rotate = operations.find(({ name }) => name === "rotate") as Operation;
  const beginning = await world.beginningOf(rotate.before);
  // What is on the subscription is the largest of the emulator's files, so that it alone meets the limit.
  const beside = await world.moreForeign(12);
  await world.begin(beginning, beside);
  rotate.change(world);
  await world.emulator.kill();
  await world.emulator.restart(world.now, `ulimit -f ${Math.ceil(statSync(world.emulator.file).size / blockBytes)}`);

  const run = await world.startRun();
  const uploads = async () => (await world.emulator.journal()).filter(({ method }) => method === "POST");
  while ((await uploads()).length < 2 && run.process.exitCode === null) {
    await wait(50);
  }
  const refused = await uploads();
  const during = (await world.observe()).registered.toSorted();
  await world.emulator.kill();
  await world.emulator.restart(world.now);
  const { code, text } = await run.ended;
  const last = code === 0 ? code : (await world.run()).code;
  const wrong = [
    ...(refused.length >= 2 && refused.every(({ status }) => status === 500) ? [] : ["an upload was not refused"]),
    ...(during.length === beginning.registered.length + beside.length ? [] : ["the list has changed"]),
    ...(last === 0 ? [] : [`it does not recover: ${text}`]),
    ...(await wrongNow(world, beginning)),
  ];
  score.add("rotate/emulatorDisk", "rotate", "disk of Azure full", { wrong, unknownToState: [] });
  expect(wrong).toEqual([]);
});
