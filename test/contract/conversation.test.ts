import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../emulator/emulator";
import { callsOf, type Exchange, jsonOf, readConversation, requestOf } from "../support/conversation";
import { HostProcess } from "../support/hostProcess";
import { type Json, type Names, namesOf } from "../support/names";
import { makeProject, type Project } from "../support/project";

const conversation = readConversation();
const calls = callsOf();

/** What engines said to the plugin, and what it answered: `npm run record:conversation` writes it anew. */
describe("the recorded conversation, said again", () => {
  let emulator: Emulator;
  let project: Project;
  let names: Names;

  beforeAll(async () => {
    emulator = await startEmulator({
      subscriptions: ["7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b"],
      now: new Date(conversation[0]?.asOf ?? 0),
    });
    project = await makeProject({});
    names = namesOf(emulator);
  });
  afterAll(async () => {
    await emulator.stop();
    project.remove();
  });

  it.each(conversation)("$title", async ({ asOf, exchanges }) => {
    emulator.clock.set(new Date(asOf));
    const host = await HostProcess.startUnconfigured("plugin", project.directory, { AZURE_CERTIFICATES_AS_OF: asOf });
    try {
      for (const exchange of exchanges) {
        await replay(host, exchange);
      }
    } finally {
      await host.stop();
    }
  });

  async function replay(host: HostProcess, { method, request, answer, error }: Exchange): Promise<void> {
    const definition = calls.get(method) ?? expect.unreachable(`there is no call ${method}`);
    const { path, requestSerialize, responseDeserialize } = definition;
    const sent = requestOf(definition, names.filledIn(request));
    const outcome = await new Promise<{ answer?: Record<string, Json>; error?: string }>((resolve) => {
      host.client.makeUnaryRequest<object, object>(
        path,
        requestSerialize,
        responseDeserialize,
        sent,
        (failure, value) =>
          resolve(failure === null ? { answer: jsonOf(value as object) } : { error: failure.details }),
      );
    });
    names.learn(answer ?? null, outcome.answer);
    expect(outcome, method).toEqual(
      answer === undefined ? { error: names.filledIn(error ?? "") } : { answer: names.filledIn(answer) },
    );
  }
});
