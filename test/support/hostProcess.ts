import { createRequire } from "node:module";
import { join } from "node:path";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { startProcess } from "../../local-engine/processes/childProcess";
import { channelOptions } from "../../local-engine/services/channelOptions";
import { type RunningServer, startServer, unary } from "../../local-engine/services/server";
import { fromStruct, type Properties, revealProperties, toStruct } from "../../local-engine/values";
import { type Host, repositoryRoot } from "./project";

export type ResourceType =
  | "ManagementCertificate"
  | "SubscriptionCertificateLink"
  | "ApplicationCertificateLink"
  | "CertificateFile"
  | "RosterSnapshot";

export interface HostSettings {
  readonly directory: string;
  readonly config: Properties;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Said {
  /** The resource it is said of; null where nobody is told. */
  readonly urn: string | null;
  readonly text: string;
}

const stack = "prod";
const project = "access";
const patienceMs = 120_000;

/** An error of a call, with what it says has come of the resource all the same. */
export class CallFailed extends Error {
  readonly kept: { readonly id: string; readonly outputs: Properties; readonly reasons: readonly string[] } | null;
  readonly code: number;
  constructor(error: ServiceError) {
    super(error.details);
    this.code = error.code;
    const [bytes] = error.metadata.get("grpc-status-details-bin");
    const details = Buffer.isBuffer(bytes) ? Status.deserializeBinary(bytes).getDetailsList() : [];
    const detail = details.find((each) => each.getTypeUrl().endsWith("pulumirpc.ErrorResourceInitFailed"));
    const failed = detail && messages.ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
    this.kept =
      failed === undefined
        ? null
        : { id: failed.getId(), outputs: fromStruct(failed.getProperties()), reasons: failed.getReasonsList() };
  }
}

/** One provider process, with an engine that listens to what it says. */
export class HostProcess {
  readonly kind: Host;
  readonly client: ResourceProviderClient;
  /** Under a resource, as the plugin says it; or a line that is printed, as the dynamic provider does. */
  readonly said: Said[];
  readonly #stop: () => Promise<void>;

  private constructor(kind: Host, client: ResourceProviderClient, said: Said[], stop: () => Promise<void>) {
    this.kind = kind;
    this.client = client;
    this.said = said;
    this.#stop = stop;
  }

  static async start(kind: Host, { directory, config, environment = {} }: HostSettings): Promise<HostProcess> {
    const host = await HostProcess.startUnconfigured(kind, directory, environment);
    await host.call("configure", new messages.ConfigureRequest().setArgs(toStruct(host.#configOf(config))));
    return host;
  }

  static async startUnconfigured(
    kind: Host,
    directory: string,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<HostProcess> {
    const said: Said[] = [];
    const engine = await startEngine(said);
    const { promise: port, resolve: announce } = Promise.withResolvers<string>();
    const main =
      kind === "plugin"
        ? join(repositoryRoot, "dist/provider/hosts/plugin/main.js")
        : createRequire(join(directory, "index.js")).resolve("@pulumi/pulumi/cmd/dynamic-provider");
    let isAnnounced = false;
    const child = startProcess({
      command: process.execPath,
      arguments: [main, engine.address],
      directory,
      environment: { ...process.env, PULUMI_NODEJS_PROJECT: project, ...environment },
      onLine: (text, stream) => {
        if (!isAnnounced && stream === "stdout") {
          isAnnounced = true;
          announce(text);
        } else {
          said.push({ urn: null, text });
        }
      },
    });
    void child.ended.then(() => announce("nothing: it ended"));
    const address = `127.0.0.1:${await port}`;
    const client = new ResourceProviderClient(address, credentials.createInsecure(), channelOptions);
    return new HostProcess(kind, client, said, async () => {
      client.close();
      await child.stop(5_000);
      engine.close();
    });
  }

  stop(): Promise<void> {
    return this.#stop();
  }

  /** A call as it is. @throws CallFailed */
  call<Method extends keyof Calls>(method: Method, request: Calls[Method][0]): Promise<Calls[Method][1]> {
    const start = this.client[method].bind(this.client) as unknown as (
      request: Calls[Method][0],
      options: { deadline: number },
      done: (error: ServiceError | null, answer: Calls[Method][1]) => void,
    ) => void;
    return new Promise((resolve, reject) => {
      start(request, { deadline: Date.now() + patienceMs }, (error, answer) =>
        error ? reject(new CallFailed(error)) : resolve(answer),
      );
    });
  }

  /** The type as this host's programs register it. */
  token(type: ResourceType): string {
    return this.kind === "plugin"
      ? `azure-certificates:index:${type}`
      : `pulumi-nodejs:dynamic/azure-certificates:${type}`;
  }

  urn(type: ResourceType, name: string): string {
    return `urn:pulumi:${stack}::${project}::${this.token(type)}::${name}`;
  }

  /** What a program's class registers, of the arguments that it was given. */
  registered(type: ResourceType, name: string, args: Properties): Properties {
    if (this.kind === "plugin") {
      return args;
    }
    const provider = type.slice(0, 1).toLowerCase() + type.slice(1);
    return {
      ...args,
      resourceName: name,
      ...(type === "ManagementCertificate" && { project, stack }),
      __provider: `exports.handler = () => require("pulumi-azure-certificates/dynamic").${provider};`,
    };
  }

  async check(type: ResourceType, name: string, args: Properties, oldInputs: Properties = {}) {
    const request = new messages.CheckRequest()
      .setUrn(this.urn(type, name))
      .setOlds(toStruct(oldInputs))
      .setNews(this.#sent(this.registered(type, name, args)));
    const answer = await this.call("check", request);
    return {
      inputs: fromStruct(answer.getInputs()),
      failures: answer.getFailuresList().map((failure) => [failure.getProperty(), failure.getReason()] as const),
    };
  }

  async diff(type: ResourceType, name: string, id: string, olds: Properties, news: Properties, oldInputs = news) {
    const request = new messages.DiffRequest()
      .setUrn(this.urn(type, name))
      .setId(id)
      .setOlds(this.#sent(olds))
      .setNews(this.#sent(news))
      .setOldInputs(this.#sent(oldInputs));
    const answer = await this.call("diff", request);
    return {
      changes: answer.getChanges() === messages.DiffResponse.DiffChanges.DIFF_SOME,
      replaces: answer.getReplacesList(),
      answer,
    };
  }

  async create(type: ResourceType, name: string, inputs: Properties, timeoutSeconds = 0) {
    const request = new messages.CreateRequest()
      .setUrn(this.urn(type, name))
      .setProperties(this.#sent(inputs))
      .setTimeout(timeoutSeconds);
    const answer = await this.call("create", request);
    return { id: answer.getId(), outputs: fromStruct(answer.getProperties()) };
  }

  /** check, then create, as an engine does for what the program registers. */
  async made(type: ResourceType, name: string, args: Properties) {
    const { inputs, failures } = await this.check(type, name, args);
    if (failures.length > 0) {
      throw new Error(failures.join("\n"));
    }
    return { inputs, ...(await this.create(type, name, inputs)) };
  }

  async read(type: ResourceType, name: string, id: string, outputs: Properties, inputs: Properties) {
    const request = new messages.ReadRequest()
      .setUrn(this.urn(type, name))
      .setId(id)
      .setProperties(this.#sent(outputs))
      .setInputs(this.#sent(inputs));
    const answer = await this.call("read", request);
    return { id: answer.getId(), outputs: fromStruct(answer.getProperties()) };
  }

  async update(type: ResourceType, name: string, id: string, olds: Properties, news: Properties, timeoutSeconds = 0) {
    const request = new messages.UpdateRequest()
      .setUrn(this.urn(type, name))
      .setId(id)
      .setOlds(this.#sent(olds))
      .setNews(this.#sent(news))
      .setTimeout(timeoutSeconds);
    return fromStruct((await this.call("update", request)).getProperties());
  }

  async delete(type: ResourceType, name: string, id: string, outputs: Properties): Promise<void> {
    const request = new messages.DeleteRequest()
      .setUrn(this.urn(type, name))
      .setId(id)
      .setProperties(this.#sent(outputs));
    await this.call("delete", request);
  }

  /** The engine sends a dynamic provider, which knows no secrets, everything in plain text. */
  #sent(values: Properties): Struct {
    return toStruct(this.kind === "plugin" ? values : revealProperties(values));
  }

  /** Keys as the engine hands them to each: without the namespace to the package's own plugin. */
  #configOf(config: Properties): Properties {
    return this.kind === "plugin"
      ? config
      : Object.fromEntries(Object.entries(config).map(([key, value]) => [`azure-certificates:${key}`, value]));
  }
}

interface Calls {
  readonly handshake: [messages.ProviderHandshakeRequest, messages.ProviderHandshakeResponse];
  readonly getSchema: [messages.GetSchemaRequest, messages.GetSchemaResponse];
  readonly checkConfig: [messages.CheckRequest, messages.CheckResponse];
  readonly diffConfig: [messages.DiffRequest, messages.DiffResponse];
  readonly configure: [messages.ConfigureRequest, messages.ConfigureResponse];
  readonly invoke: [messages.InvokeRequest, messages.InvokeResponse];
  readonly check: [messages.CheckRequest, messages.CheckResponse];
  readonly diff: [messages.DiffRequest, messages.DiffResponse];
  readonly create: [messages.CreateRequest, messages.CreateResponse];
  readonly read: [messages.ReadRequest, messages.ReadResponse];
  readonly update: [messages.UpdateRequest, messages.UpdateResponse];
  readonly delete: [messages.DeleteRequest, Empty];
  readonly cancel: [Empty, Empty];
}

async function startEngine(said: Said[]): Promise<RunningServer> {
  const log = unary((request: LogRequest) => {
    said.push({ urn: request.getUrn(), text: request.getMessage() });
    return new Empty();
  });
  const unknown = unary(() => {
    throw new Error("this engine does nothing but listen");
  });
  const handlers = Object.fromEntries(Object.keys(EngineService).map((method) => [method, unknown]));
  return startServer([{ definition: EngineService, handlers: { ...handlers, log } }]);
}
