import { type ServiceError, status } from "@grpc/grpc-js";
import type { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { annotateSecrets, fromStruct, type Properties, revealProperties, toStruct } from "../values";

/** What every call says about the resource it is for. */
export interface Target {
  readonly urn: string;
  readonly name: string;
  readonly type: string;
}

export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

export interface Diff {
  /** Null where the provider did not say. */
  readonly changes: boolean | null;
  readonly replaces: readonly string[];
  readonly diffs: readonly string[];
  readonly deleteBeforeReplace: boolean;
}

/** What the provider says is there now, and what of it failed to come up (`initErrors`), if anything. */
export interface Outcome {
  readonly id: string;
  readonly outputs: Properties;
  readonly inputs: Properties | undefined;
  readonly initErrors: readonly string[];
}

/**
 * The calls of one provider process. The dynamic provider does not accept secrets: it sees plaintext, and what it returns
 * is marked secret again where the value of the same name was.
 */
export class ProviderClient {
  readonly #client: ResourceProviderClient;

  constructor(client: ResourceProviderClient) {
    this.#client = client;
  }

  async configure(config: Properties): Promise<void> {
    const request = new messages.ConfigureRequest();
    request.setArgs(toStruct(config));
    request.setAcceptsecrets(true);
    request.setAcceptresources(true);
    await call<messages.ConfigureResponse>((done) => this.#client.configure(request, done));
  }

  async check(
    target: Target,
    olds: Properties,
    news: Properties,
  ): Promise<{ inputs: Properties; failures: CheckFailure[] }> {
    const request = withTarget(new messages.CheckRequest(), target);
    request.setOlds(toStruct(revealProperties(olds)));
    request.setNews(toStruct(revealProperties(news)));
    const answer = await call<messages.CheckResponse>((done) => this.#client.check(request, done));
    return {
      inputs: annotateSecrets(fromStruct(answer.getInputs()), news),
      failures: answer
        .getFailuresList()
        .map((failure) => ({ property: failure.getProperty(), reason: failure.getReason() })),
    };
  }

  async diff(
    target: Target,
    state: { id: string; oldInputs: Properties; oldOutputs: Properties; news: Properties; ignoreChanges: string[] },
  ): Promise<Diff> {
    const request = withTarget(new messages.DiffRequest(), target);
    request.setId(state.id);
    request.setOlds(toStruct(revealProperties(state.oldOutputs)));
    request.setOldInputs(toStruct(revealProperties(state.oldInputs)));
    request.setNews(toStruct(revealProperties(state.news)));
    request.setIgnorechangesList(state.ignoreChanges);
    const answer = await call<messages.DiffResponse>((done) => this.#client.diff(request, done));
    const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
    const changes = answer.getChanges();
    return {
      changes: changes === DIFF_SOME ? true : changes === DIFF_NONE ? false : null,
      replaces: answer.getReplacesList(),
      diffs: answer.getDiffsList(),
      deleteBeforeReplace: answer.getDeletebeforereplace(),
    };
  }

  async create(target: Target, inputs: Properties, timeoutSeconds: number): Promise<Outcome> {
    const request = withTarget(new messages.CreateRequest(), target);
    request.setProperties(toStruct(revealProperties(inputs)));
    request.setTimeout(timeoutSeconds);
    const outcome = await this.#orInitError(
      call<messages.CreateResponse>((done) => this.#client.create(request, done)).then(outcomeOf),
    );
    return { ...outcome, outputs: annotateSecrets(outcome.outputs, inputs) };
  }

  async read(target: Target, id: string, inputs: Properties, outputs: Properties): Promise<Outcome> {
    const request = withTarget(new messages.ReadRequest(), target);
    request.setId(id);
    request.setInputs(toStruct(revealProperties(inputs)));
    request.setProperties(toStruct(revealProperties(outputs)));
    const outcome = await this.#orInitError(
      call<messages.ReadResponse>((done) => this.#client.read(request, done)).then((answer) => ({
        ...outcomeOf(answer),
        inputs: answer.getInputs() === undefined ? undefined : fromStruct(answer.getInputs()),
      })),
    );
    return {
      ...outcome,
      outputs: annotateSecrets(outcome.outputs, outputs),
      inputs: outcome.inputs === undefined ? undefined : annotateSecrets(outcome.inputs, inputs),
    };
  }

  async update(
    target: Target,
    state: { id: string; oldInputs: Properties; oldOutputs: Properties; news: Properties; ignoreChanges: string[] },
    timeoutSeconds: number,
  ): Promise<Outcome> {
    const request = withTarget(new messages.UpdateRequest(), target);
    request.setId(state.id);
    request.setOlds(toStruct(revealProperties(state.oldOutputs)));
    request.setOldInputs(toStruct(revealProperties(state.oldInputs)));
    request.setNews(toStruct(revealProperties(state.news)));
    request.setTimeout(timeoutSeconds);
    request.setIgnorechangesList(state.ignoreChanges);
    const outcome = await this.#orInitError(
      call<messages.UpdateResponse>((done) => this.#client.update(request, done)).then((answer) => ({
        id: state.id,
        outputs: fromStruct(answer.getProperties()),
        inputs: undefined,
        initErrors: [],
      })),
    );
    // An update keeps the id, whatever the provider says.
    return { ...outcome, id: state.id, outputs: annotateSecrets(outcome.outputs, state.news) };
  }

  async delete(
    target: Target,
    state: { id: string; inputs: Properties; outputs: Properties },
    timeoutSeconds: number,
  ): Promise<void> {
    const request = withTarget(new messages.DeleteRequest(), target);
    request.setId(state.id);
    request.setProperties(toStruct(revealProperties(state.outputs)));
    request.setOldInputs(toStruct(revealProperties(state.inputs)));
    request.setTimeout(timeoutSeconds);
    await call<Empty>((done) => this.#client.delete(request, done));
  }

  /** Asks the provider to hurry; what runs is finished. */
  async cancel(): Promise<void> {
    await call<Empty>((done) => this.#client.cancel(new Empty(), done)).catch(() => undefined);
  }

  async #orInitError(outcome: Promise<Outcome>): Promise<Outcome> {
    try {
      return await outcome;
    } catch (error) {
      const partial = initErrorOf(error);
      if (partial === undefined) {
        throw error;
      }
      return partial;
    }
  }
}

/** An error of a provider, with its message alone: the number and name of the gRPC status tell a person nothing. */
class ProviderError extends Error {
  override readonly name = "ProviderError";
  readonly grpc: ServiceError;
  constructor(cause: ServiceError) {
    super(cause.code === status.UNKNOWN ? cause.details : cause.message);
    this.grpc = cause;
    Object.defineProperty(this, "grpc", { enumerable: false });
  }
}

function call<T>(start: (done: (error: ServiceError | null, answer: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, answer) => {
      if (error) {
        reject(new ProviderError(error));
      } else {
        resolve(answer);
      }
    });
  });
}

function withTarget<T extends { setUrn(urn: string): T; setName(name: string): T; setType(type: string): T }>(
  request: T,
  target: Target,
): T {
  request.setUrn(target.urn);
  request.setName(target.name);
  request.setType(target.type);
  return request;
}

function outcomeOf(answer: messages.CreateResponse | messages.ReadResponse): Outcome {
  return { id: answer.getId(), outputs: fromStruct(answer.getProperties()), inputs: undefined, initErrors: [] };
}

const initFailedType = "pulumirpc.ErrorResourceInitFailed";

/** A resource that exists but did not come up travels as a detail of the gRPC error. */
function initErrorOf(error: unknown): Outcome | undefined {
  if (!(error instanceof ProviderError)) {
    return undefined;
  }
  const [bytes] = error.grpc.metadata.get("grpc-status-details-bin");
  if (!Buffer.isBuffer(bytes)) {
    return undefined;
  }
  const detail = Status.deserializeBinary(bytes)
    .getDetailsList()
    .find((each) => each.getTypeUrl().endsWith(initFailedType));
  if (detail === undefined) {
    return undefined;
  }
  const failed = messages.ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
  const reasons = failed.getReasonsList();
  return {
    id: failed.getId(),
    outputs: fromStruct(failed.getProperties()),
    inputs: failed.getInputs() === undefined ? undefined : fromStruct(failed.getInputs()),
    initErrors: reasons.length > 0 ? reasons : [error.message],
  };
}
