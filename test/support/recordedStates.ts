import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseDeployment, type ResourceState, toDeployment } from "../../local-engine/state/deployment";
import { localEngine } from "./localEngine";
import { type Json, namesOf, nameWhatDiffers } from "./names";
import { onCallProgram } from "./programs";
import { type Host, repositoryRoot } from "./project";
import { World } from "./world";

/** One folder per version of the package, one state per host. */
const folder = join(repositoryRoot, "test/states");
/** In the place of the one that Pulumi drew: a stack that has it holds a recorded state. */
export const recordedProviderId = "11111111-2222-4333-8444-555555555555";
const subscription = "7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b";

/** Every recorded state is two days into an overlap, after a rotation on schedule. */
const rotatedOn = "2027-09-05";
const recordedOn = "2027-09-07";

export function recordedVersions(): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** A stack of today's version, in the middle of an overlap. */
export async function rotatedStack(host: Host): Promise<World> {
  const program = onCallProgram('holders: ["alice", "bob"], organization: "Contoso"', ["prod"]);
  const world = await World.start({ ...localEngine(), host }, { program, emulator: { subscriptions: [subscription] } });
  await world.up();
  world.at(rotatedOn);
  await world.up();
  world.at(recordedOn);
  return world;
}

/** What the stack's state holds, with names in the place of what is another in each run: keys above all. */
export async function recordState(world: World, version: string, host: Host): Promise<void> {
  const resources = await resourcesOf(world);
  const names = namesOf(world.emulator);
  nameWhatDiffers(resources, names);
  const path = pathOf(version, host);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(names.abstracted(resources as unknown as Json), undefined, 1)}\n`);
}

/** Puts the recorded state in the place of the stack's own, with its keys and certificates. */
export async function importRecorded(world: World, version: string, host: Host): Promise<void> {
  const recorded = JSON.parse(readFileSync(pathOf(version, host), "utf8")) as Json;
  const names = namesOf(world.emulator);
  names.learn(recorded, (await resourcesOf(world)) as unknown as Json);
  const resources = names.filledIn(recorded) as unknown as ResourceState[];
  await world.import(toDeployment({ resources, pendingOperations: [] }, new Date(recordedOn)));
}

/** Without what tells only when and where a run was. */
async function resourcesOf(world: World): Promise<readonly ResourceState[]> {
  const { resources } = parseDeployment(JSON.stringify(await world.export()), "the export");
  const provider = resources.find(({ type }) => type.startsWith("pulumi:providers:"))?.id ?? "";
  const dated = new Set(["created", "modified"]);
  return JSON.parse(
    JSON.stringify(resources, (key, value: unknown) => (dated.has(key) ? undefined : value)).replaceAll(
      provider,
      recordedProviderId,
    ),
  ) as ResourceState[];
}

function pathOf(version: string, host: Host): string {
  return join(folder, version, `${host}.json`);
}
