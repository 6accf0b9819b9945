// Records what an engine says to the plugin in the life of a stack, and what the plugin answers: `npm run record:conversation`.
// It is for a change that is meant to change answers: read the difference before it is committed.
// test/contract/conversation.test.ts replays it.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { destroy, preview, type RunOptions, refresh, up } from "../local-engine/engine";
import type { RunResult } from "../local-engine/events";
import { type Conversation, conversationPath, type Exchange } from "../test/support/conversation";
import { localEngine } from "../test/support/localEngine";
import { type Json, namesOf, nameWhatDiffers } from "../test/support/names";
import { onCallProgram } from "../test/support/programs";
import { repositoryRoot } from "../test/support/project";
import { World } from "../test/support/world";

const subscription = "7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b";

type Verb = (options: RunOptions) => Promise<RunResult>;

async function record(): Promise<void> {
  const notes = join(mkdtempSync(join(tmpdir(), "conversation-")), "notes");
  const world = await World.start(
    { ...localEngine(), host: "plugin" },
    { emulator: { subscriptions: [subscription] }, environment: { CONVERSATION_NOTES: notes } },
  );
  const { emulator, project } = world;
  recordIn(project.directory);
  const conversation: Conversation = [];
  const names = namesOf(emulator);
  const act = async (title: string, asOf: string, verb: Verb, program?: string): Promise<void> => {
    if (program !== undefined) {
      project.setProgram(program);
    }
    emulator.clock.set(new Date(asOf));
    writeFileSync(notes, "");
    const { directory: projectDirectory, stack, environment } = project;
    await verb({ projectDirectory, stack, environment, asOf: new Date(asOf), parallel: 1 });
    conversation.push({ title, asOf, exchanges: exchangesIn(notes) });
  };
  try {
    const both = onCallProgram('holders: ["alice", "bob"]', ["prod"]);
    await act("a preview of everything", "2027-01-01T00:00:00Z", preview, both);
    await act("the first update", "2027-01-01T00:00:00Z", up);
    await act("an update that changes nothing", "2027-01-02T00:00:00Z", up);
    await act("a preview on the day of a rotation", "2027-09-05T00:00:00Z", preview);
    await act("the rotation", "2027-09-05T00:00:00Z", up);
    await act("a refresh during the overlap", "2027-09-06T00:00:00Z", refresh);
    await act("the retirement", "2027-09-13T00:00:00Z", up);
    await act("an input that is wrong", "2027-09-14T00:00:00Z", up, onCallProgram("rsaBits: 1024", ["prod"]));
    await act("a holder leaves", "2027-09-15T00:00:00Z", up, onCallProgram('holders: ["alice"]', ["prod"]));
    await act("everything is destroyed", "2027-09-16T00:00:00Z", destroy);
  } finally {
    await world.stop();
  }
  nameWhatDiffers(conversation, names);
  writeFileSync(conversationPath, `${JSON.stringify(names.abstracted(conversation as Json), undefined, 1)}\n`);
  rmSync(notes);
}

/** Puts the recorder where the project's plugin is. */
function recordIn(directory: string): void {
  const path = join(directory, "node_modules/.bin/pulumi-resource-azure-certificates");
  const load = (module: string) => `require(${JSON.stringify(module)});\n`;
  rmSync(path);
  writeFileSync(
    path,
    `#!/usr/bin/env node\n${load(require.resolve("tsx/cjs"))}${load(join(repositoryRoot, "test/support/recordingPlugin.ts"))}`,
  );
  chmodSync(path, 0o755);
}

/** Where the engine is, is told anew in each run. */
const ofTheRun = ["engineAddress", "rootDirectory", "programDirectory"];

function exchangesIn(notes: string): Exchange[] {
  const lines = readFileSync(notes, "utf8").trim().split("\n");
  return lines.map((line) => {
    const { method, request, ...outcome } = JSON.parse(line) as Exchange;
    const told = Object.entries(request).filter(([key]) => !ofTheRun.includes(key));
    return { method, request: Object.fromEntries(told), ...outcome };
  });
}

void record();
