import { type ServiceError, status } from "@grpc/grpc-js";
import type { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { requireLoopbackIn } from "../project/loopback";
import { nameOf } from "../urn";
import { annotateSecrets, containsUnknown, fromStruct, type Properties, revealProperties, toStruct } from "../values";

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
  /** What a person is shown of it, as Pulumi writes it: `~renewalTime`. Empty where the provider gives no details. */
  readonly details: readonly string[];
  readonly deleteBeforeReplace: boolean;
}

export interface CheckResult {
  readonly inputs: Properties;
  readonly failures: readonly CheckFailure[];
}

/** What the provider says is there now, and what of it failed to come up (`initErrors`), if anything. */
export interface Outcome {
  readonly id: string;
  readonly outputs: Properties;
  readonly inputs: Properties | undefined;
  readonly initErrors: readonly string[];
}

interface Change {
  readonly id: string;
  readonly oldInputs: Properties;
  readonly oldOutputs: Properties;
  readonly news: Properties;
  readonly ignoreChanges: string[];
}

/** How a creation or an update is called. */
export interface CallOptions {
  /** Of `customTimeouts`; 0 where the program gives none. */
  readonly timeoutSeconds: number;
  /** Change nothing, and say what the outputs would be: only where the provider `previews`. */
  readonly preview: boolean;
}

/**
 * The calls of one provider process. One that does not accept secrets sees plaintext, and what it returns is marked
 * secret again where the value of the same name was.
 */
export class ProviderClient {
  readonly #client: ResourceProviderClient;
  readonly #acceptsSecrets: boolean;
  readonly #canPreview: boolean;
  /** In a preview, the configuration may depend on what does not exist yet: then nothing can be asked. */
  #isConfigured = true;

  private constructor(client: ResourceProviderClient, abilities: { acceptsSecrets: boolean; canPreview: boolean }) {
    this.#client = client;
    this.#acceptsSecrets = abilities.acceptsSecrets;
    this.#canPreview = abilities.canPreview;
  }

  /** The provider of the dynamic resources knows no Handshake: it takes no secrets and can't preview. */
  static async greet(client: ResourceProviderClient, engineAddress: string): Promise<ProviderClient> {
    const request = new messages.ProviderHandshakeRequest().setEngineAddress(engineAddress);
    try {
      const answer = await call<messages.ProviderHandshakeResponse>((done) => client.handshake(request, done));
      return new ProviderClient(client, { acceptsSecrets: answer.getAcceptSecrets(), canPreview: true });
    } catch (error) {
      if (error instanceof ProviderError && error.grpc.code === status.UNIMPLEMENTED) {
        return new ProviderClient(client, { acceptsSecrets: false, canPreview: false });
      }
      throw error;
    }
  }

  /** Whether creations and updates can be asked what they would give. */
  get previews(): boolean {
    return this.#canPreview && this.#isConfigured;
  }

  /** What the provider makes of the inputs of its own resource. */
  async checkConfig(urn: string, olds: Properties, news: Properties): Promise<CheckResult> {
    const request = new messages.CheckRequest().setUrn(urn);
    request.setOlds(this.#sent(nameOf(urn), olds));
    request.setNews(this.#sent(nameOf(urn), news));
    return this.#checked(await call<messages.CheckResponse>((done) => this.#client.checkConfig(request, done)), news);
  }

  async configure(config: Properties): Promise<void> {
    this.#isConfigured = !containsUnknown(config);
    if (!this.#isConfigured) {
      return;
    }
    const request = new messages.ConfigureRequest();
    request.setArgs(this.#sent("a provider", config));
    request.setAcceptsecrets(true);
    request.setAcceptresources(true);
    await call<messages.ConfigureResponse>((done) => this.#client.configure(request, done));
  }

  async check(target: Target, olds: Properties, news: Properties): Promise<CheckResult> {
    if (!this.#isConfigured) {
      return { inputs: news, failures: [] };
    }
    const request = withTarget(new messages.CheckRequest(), target);
    request.setOlds(this.#sent(target.name, olds));
    request.setNews(this.#sent(target.name, news));
    return this.#checked(await call<messages.CheckResponse>((done) => this.#client.check(request, done)), news);
  }

  async diff(target: Target, state: Change): Promise<Diff> {
    if (!this.#isConfigured) {
      return { changes: true, replaces: [], diffs: [], details: [], deleteBeforeReplace: false };
    }
    const request = withTarget(new messages.DiffRequest(), target);
    request.setId(state.id);
    request.setOlds(this.#sent(target.name, state.oldOutputs));
    request.setOldInputs(this.#sent(target.name, state.oldInputs));
    request.setNews(this.#sent(target.name, state.news));
    request.setIgnorechangesList(state.ignoreChanges);
    const answer = await call<messages.DiffResponse>((done) => this.#client.diff(request, done));
    const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
    const changes = answer.getChanges();
    return {
      changes: changes === DIFF_SOME ? true : changes === DIFF_NONE ? false : null,
      replaces: answer.getReplacesList(),
      diffs: answer.getDiffsList(),
      details: detailsOf(answer),
      deleteBeforeReplace: answer.getDeletebeforereplace(),
    };
  }

  async create(target: Target, inputs: Properties, { timeoutSeconds, preview }: CallOptions): Promise<Outcome> {
    const request = withTarget(new messages.CreateRequest(), target);
    request.setProperties(this.#sent(target.name, inputs));
    request.setTimeout(timeoutSeconds);
    request.setPreview(preview);
    const outcome = await this.#orInitError(
      call<messages.CreateResponse>((done) => this.#client.create(request, done)).then(outcomeOf),
    );
    return { ...outcome, outputs: this.#received(outcome.outputs, inputs) };
  }

  async read(target: Target, id: string, inputs: Properties, outputs: Properties): Promise<Outcome> {
    const request = withTarget(new messages.ReadRequest(), target);
    request.setId(id);
    request.setInputs(this.#sent(target.name, inputs));
    request.setProperties(this.#sent(target.name, outputs));
    const outcome = await this.#orInitError(
      call<messages.ReadResponse>((done) => this.#client.read(request, done)).then((answer) => ({
        ...outcomeOf(answer),
        inputs: answer.getInputs() === undefined ? undefined : fromStruct(answer.getInputs()),
      })),
    );
    return {
      ...outcome,
      outputs: this.#received(outcome.outputs, outputs),
      inputs: outcome.inputs === undefined ? undefined : this.#received(outcome.inputs, inputs),
    };
  }

  async update(target: Target, state: Change, { timeoutSeconds, preview }: CallOptions): Promise<Outcome> {
    const request = withTarget(new messages.UpdateRequest(), target);
    request.setId(state.id);
    request.setOlds(this.#sent(target.name, state.oldOutputs));
    request.setOldInputs(this.#sent(target.name, state.oldInputs));
    request.setNews(this.#sent(target.name, state.news));
    request.setTimeout(timeoutSeconds);
    request.setPreview(preview);
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
    return { ...outcome, id: state.id, outputs: this.#received(outcome.outputs, state.news) };
  }

  async delete(
    target: Target,
    state: { id: string; inputs: Properties; outputs: Properties },
    timeoutSeconds: number,
  ): Promise<void> {
    const request = withTarget(new messages.DeleteRequest(), target);
    request.setId(state.id);
    request.setProperties(this.#sent(target.name, state.outputs));
    request.setOldInputs(this.#sent(target.name, state.inputs));
    request.setTimeout(timeoutSeconds);
    await call<Empty>((done) => this.#client.delete(request, done));
  }

  /** Calls a function of the package. */
  async invoke(token: string, args: Properties): Promise<{ result: Properties; failures: CheckFailure[] }> {
    const request = new messages.InvokeRequest().setTok(token);
    request.setArgs(this.#sent(token, args));
    const answer = await call<messages.InvokeResponse>((done) => this.#client.invoke(request, done));
    return { result: fromStruct(answer.getReturn()), failures: failuresOf(answer) };
  }

  /** Asks the provider to hurry; what runs is finished. */
  async cancel(): Promise<void> {
    await call<Empty>((done) => this.#client.cancel(new Empty(), done)).catch(() => undefined);
  }

  /** All that a provider is told passes here: nothing of it may send it to another machine. */
  #sent(about: string, properties: Properties): Struct {
    requireLoopbackIn(about, properties);
    return toStruct(this.#acceptsSecrets ? properties : revealProperties(properties));
  }

  #received(returned: Properties, given: Properties): Properties {
    return this.#acceptsSecrets ? returned : annotateSecrets(returned, given);
  }

  #checked(answer: messages.CheckResponse, news: Properties): CheckResult {
    return { inputs: this.#received(fromStruct(answer.getInputs()), news), failures: failuresOf(answer) };
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

function failuresOf(answer: messages.CheckResponse | messages.InvokeResponse): CheckFailure[] {
  return answer.getFailuresList().map((failure) => ({ property: failure.getProperty(), reason: failure.getReason() }));
}

const { Kind } = messages.PropertyDiff;
const marks: Readonly<Record<number, string>> = {
  [Kind.ADD]: "+",
  [Kind.ADD_REPLACE]: "+",
  [Kind.DELETE]: "-",
  [Kind.DELETE_REPLACE]: "-",
};

function detailsOf(answer: messages.DiffResponse): string[] {
  const details = new Set<string>();
  answer.getDetaileddiffMap().forEach((detail, path) => {
    details.add(`${marks[detail.getKind()] ?? "~"}${path.split(/[.[]/)[0]}`);
  });
  return [...details].sort();
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
