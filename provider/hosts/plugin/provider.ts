import * as messages from "@pulumi/pulumi/proto/provider_pb";
import type { ProviderConfiguration } from "../../azure/configuration";
import { CancelledError, ConfigurationError, InvalidInputError } from "../../errors";
import { type Configured, configuredWith } from "../../resources/context";
import { type CheckFailure, type CheckResult, PartialChangeError, type Values } from "../../resources/lifecycle";
import { presentable } from "../presentable";
import { withSecrets } from "../signedValues";
import { systemPorts } from "../systemPorts";
import { KeptResource } from "./answers";
import { checkConfiguration, configurationOf, type Environment } from "./configuration";
import { diffAnswer } from "./diffAnswer";
import type { Engine } from "./engine";
import { functionOf } from "./functions";
import { identityOf } from "./identity";
import { filledIn, resourceOf } from "./resources";
import { received, toStruct } from "./wire";

interface Run {
  readonly context: Configured;
  readonly cancelling: AbortController;
}

/** The calls of one provider resource. Nothing is shared between two of them: each has a process, credentials and memory of its own. */
export class PluginProvider {
  readonly #engine: Engine;
  readonly #environment: Environment;
  #run: Run | ConfigurationError | null = null;

  constructor(engine: Engine, environment: Environment) {
    this.#engine = engine;
    this.#environment = environment;
  }

  checkConfig(request: messages.CheckRequest): messages.CheckResponse {
    return checkAnswer(checkConfiguration(request, this.#environment));
  }

  /** Opens nothing: a credential is read at the first network call. Configured once more, it begins a new run. */
  configure(request: messages.ConfigureRequest): messages.ConfigureResponse {
    try {
      this.#run = this.#begin(configurationOf(request, this.#environment));
    } catch (error) {
      this.#run = error instanceof ConfigurationError ? error : null;
      throw error;
    }
    const answer = new messages.ConfigureResponse();
    answer.setAcceptsecrets(true);
    answer.setSupportspreview(true);
    return answer;
  }

  #begin(configuration: ProviderConfiguration): Run {
    const cancelling = new AbortController();
    const ports = systemPorts(configuration.asOf, this.#engine.watch(), cancelling.signal);
    return { context: configuredWith(configuration, ports), cancelling };
  }

  /** Also sent at every normal end, when nothing is under way any more. */
  cancel(): void {
    if (this.#run !== null && !(this.#run instanceof ConfigurationError)) {
      this.#run.cancelling.abort(
        new CancelledError({
          what: "The run was cancelled while this was under way.",
          todo: "What was done is kept. Run the update again: it continues from there.",
        }),
      );
    }
  }

  async check(request: messages.CheckRequest): Promise<messages.CheckResponse> {
    const identity = identityOf(request.getUrn());
    const resource = resourceOf(identity);
    const { values, marked } = received(request.getNews());
    const oldInputs = request.hasOlds() ? received(request.getOlds()).values : {};
    const {
      inputs,
      failures,
      warnings = [],
    } = resource.lifecycle.check(
      { ...values, ...filledIn(resource, identity) },
      this.#configured(),
      Object.keys(oldInputs).length > 0 ? oldInputs : null,
    );
    await this.#engine.explain(request.getUrn(), { changes: [], warnings });
    return checkAnswer({ inputs: withSecrets(inputs, [], marked), failures });
  }

  async diff(request: messages.DiffRequest): Promise<messages.DiffResponse> {
    const { lifecycle } = resourceOf(identityOf(request.getUrn()));
    const news = received(request.getNews()).values;
    const difference = lifecycle.diff(received(request.getOlds()).values, news, this.#configured());
    await this.#engine.explain(request.getUrn(), difference);
    return diffAnswer(difference, received(request.getOldInputs()).values, news, lifecycle.stableOutputs);
  }

  async create(request: messages.CreateRequest): Promise<messages.CreateResponse> {
    const { lifecycle } = resourceOf(identityOf(request.getUrn()));
    const { values, marked } = received(request.getProperties());
    const answer = new messages.CreateResponse();
    if (request.getPreview()) {
      const outputs = lifecycle.preview(null, values, this.#configured());
      return answer.setProperties(toStruct(withSecrets(outputs, lifecycle.secretOutputs, marked)));
    }
    const context = this.#within(request.getTimeout(), request.getUrn());
    const { id, outputs } = await keeping(lifecycle.secretOutputs, marked, () => lifecycle.create(values, context));
    return answer.setId(id).setProperties(toStruct(withSecrets(outputs, lifecycle.secretOutputs, marked)));
  }

  async update(request: messages.UpdateRequest): Promise<messages.UpdateResponse> {
    const { lifecycle } = resourceOf(identityOf(request.getUrn()));
    const { values: olds } = received(request.getOlds());
    const { values: news, marked } = received(request.getNews());
    const outputs = request.getPreview()
      ? lifecycle.preview(olds, news, this.#configured())
      : await keeping(lifecycle.secretOutputs, marked, () =>
          lifecycle.update(request.getId(), olds, news, this.#within(request.getTimeout(), request.getUrn())),
        );
    return new messages.UpdateResponse().setProperties(toStruct(withSecrets(outputs, lifecycle.secretOutputs, marked)));
  }

  async read(request: messages.ReadRequest): Promise<messages.ReadResponse> {
    const identity = identityOf(request.getUrn());
    const { lifecycle } = resourceOf(identity);
    const { values: olds, marked } = received(request.getProperties());
    const answer = new messages.ReadResponse();
    if (Object.keys(olds).length === 0) {
      const { id, inputs, outputs } = await lifecycle.import(request.getId(), identity.name, this.#configured());
      return answer
        .setId(id)
        .setInputs(toStruct(inputs))
        .setProperties(toStruct(withSecrets(outputs, lifecycle.secretOutputs)));
    }
    const outputs = await lifecycle.read(olds, this.#configured());
    return answer
      .setId(request.getId())
      .setInputs(toStruct(received(request.getInputs()).marked))
      .setProperties(toStruct(withSecrets(outputs, lifecycle.secretOutputs, marked)));
  }

  async delete(request: messages.DeleteRequest): Promise<void> {
    const { lifecycle } = resourceOf(identityOf(request.getUrn()));
    await lifecycle.delete(
      received(request.getProperties()).values,
      this.#within(request.getTimeout(), request.getUrn()),
    );
  }

  /** An argument that is wrong is a failure on it, as with check. */
  async invoke(request: messages.InvokeRequest): Promise<messages.InvokeResponse> {
    const { run } = functionOf(request.getTok());
    const { values } = received(request.getArgs());
    const answer = new messages.InvokeResponse();
    try {
      return answer.setReturn(toStruct(await run(values, this.#configured())));
    } catch (error) {
      if (error instanceof InvalidInputError) {
        return answer.setFailuresList([failureOf({ property: error.property, reason: error.message })]);
      }
      throw error;
    }
  }

  #configured(): Configured {
    if (this.#run instanceof ConfigurationError) {
      throw this.#run;
    }
    if (this.#run === null) {
      throw new ConfigurationError({ what: "The provider was called before it was configured." });
    }
    return this.#run.context;
  }

  /** @param timeoutSeconds of `customTimeouts`; 0 where the program gives none */
  #within(timeoutSeconds: number, urn: string): Configured {
    const { project, stack } = identityOf(urn);
    const context: Configured = { ...this.#configured(), stack: `${project}/${stack}` };
    return timeoutSeconds > 0 ? { ...context, connection: context.connection.within(timeoutSeconds * 1000) } : context;
  }
}

function checkAnswer({ inputs, failures }: CheckResult): messages.CheckResponse {
  return new messages.CheckResponse().setInputs(toStruct(inputs)).setFailuresList(failures.map(failureOf));
}

function failureOf({ property, reason }: CheckFailure): messages.CheckFailure {
  return new messages.CheckFailure().setProperty(property).setReason(reason);
}

async function keeping<T>(secretOutputs: readonly string[], marked: Values, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof PartialChangeError
      ? new KeptResource(
          error.id,
          withSecrets(error.outputs, secretOutputs, marked),
          presentable(error, undefined).message,
        )
      : error;
  }
}
