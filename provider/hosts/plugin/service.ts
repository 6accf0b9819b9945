import { type ServerUnaryCall, type sendUnaryData, status } from "@grpc/grpc-js";
import { type PluginAttach, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { answering } from "./answers";
import type { Engine } from "./engine";
import type { PluginProvider } from "./provider";
import { packageSchema } from "./schema";

/**
 * Pulumi's ResourceProvider service. The ready-made server of its SDK loses the configuration, the time-outs, the detailed
 * diff and the preview flag, so this one speaks gRPC itself.
 *
 * @see https://github.com/pulumi/pulumi/blob/master/proto/pulumi/provider.proto
 */
export function providerService(provider: PluginProvider, engine: Engine, version: string): IResourceProviderServer {
  return {
    handshake: answering((request: messages.ProviderHandshakeRequest) => {
      engine.attach(request.getEngineAddress());
      // As Configure answers: the engine believes one of the two.
      return new messages.ProviderHandshakeResponse().setAcceptSecrets(true);
    }),
    attach: answering((request: PluginAttach) => {
      engine.attach(request.getAddress());
      return new Empty();
    }),
    getPluginInfo: answering(() => new PluginInfo().setVersion(version)),
    getSchema: answering(async () => new messages.GetSchemaResponse().setSchema(await packageSchema())),
    checkConfig: answering((request: messages.CheckRequest) => provider.checkConfig(request)),
    // Never a replacement: it would replace every resource with it, and no setting makes one unmanageable. What changed is recorded.
    diffConfig: answering(() => new messages.DiffResponse()),
    configure: answering((request: messages.ConfigureRequest) => provider.configure(request)),
    check: answering((request: messages.CheckRequest) => provider.check(request)),
    diff: answering((request: messages.DiffRequest) => provider.diff(request)),
    create: answering((request: messages.CreateRequest) => provider.create(request)),
    read: answering((request: messages.ReadRequest) => provider.read(request)),
    update: answering((request: messages.UpdateRequest) => provider.update(request)),
    delete: answering(async (request: messages.DeleteRequest) => {
      await provider.delete(request);
      return new Empty();
    }),
    invoke: answering((request: messages.InvokeRequest) => provider.invoke(request)),
    cancel: answering(() => {
      provider.cancel();
      return new Empty();
    }),
    getMapping: answering(() => new messages.GetMappingResponse()),
    getMappings: answering(() => new messages.GetMappingsResponse()),
    // No components, no methods, no parameters: the engine knows what this status means.
    parameterize: unimplemented,
    construct: unimplemented,
    call: unimplemented,
    list: (call) => call.destroy(Object.assign(new Error("not implemented"), { code: status.UNIMPLEMENTED })),
  };
}

function unimplemented<Request, Answer>(_call: ServerUnaryCall<Request, Answer>, answer: sendUnaryData<Answer>): void {
  answer({ code: status.UNIMPLEMENTED, details: "not implemented" });
}
