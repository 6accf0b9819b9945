import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
  status,
  type UntypedHandleCall,
} from "@grpc/grpc-js";
import { messageOf } from "../errors";
import { StoppedError } from "../steps/deployment";
import { channelOptions } from "./channelOptions";

export type Handler = UntypedHandleCall;

/** One method of a service, as a function. The SDK takes UNAVAILABLE as "the engine is shutting down": it ends quietly. */
export function unary<Request, Answer>(handle: (request: Request) => Answer | Promise<Answer>): Handler {
  return (async (call: ServerUnaryCall<Request, Answer>, done: sendUnaryData<Answer>) => {
    try {
      done(null, await handle(call.request));
    } catch (error) {
      const code = error instanceof StoppedError ? status.UNAVAILABLE : status.UNKNOWN;
      done({ name: "Error", message: messageOf(error), code, details: messageOf(error), metadata: new Metadata() });
    }
  }) as Handler;
}

export interface RunningServer {
  /** `127.0.0.1:<port>`, a free port that the system chose. */
  readonly address: string;
  close(): void;
}

export async function startServer(
  services: readonly { definition: ServiceDefinition; handlers: Readonly<Record<string, Handler>> }[],
): Promise<RunningServer> {
  const server = new Server(channelOptions);
  for (const { definition, handlers } of services) {
    server.addService(definition, handlers);
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error) {
        reject(error);
      } else {
        resolve(bound);
      }
    });
  });
  return { address: `127.0.0.1:${port}`, close: () => server.forceShutdown() };
}
