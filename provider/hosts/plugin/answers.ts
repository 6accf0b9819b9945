import { type handleUnaryCall, Metadata, type StatusObject, status } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import type { Values } from "../../resources/lifecycle";
import { presentable } from "../presentable";
import { toStruct } from "./wire";

/**
 * Something was done before it went wrong. The engine keeps the resource with these outputs, shows the reason, and calls
 * update with the next run, whatever diff says.
 */
export class KeptResource extends Error {
  readonly status: Partial<StatusObject>;

  constructor(id: string, outputs: Values, reason: string) {
    super(reason);
    this.name = "KeptResource";
    const failed = new ErrorResourceInitFailed().setId(id).setProperties(toStruct(outputs)).setReasonsList([reason]);
    const detail = new Any();
    detail.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const details = new Status().setCode(status.UNKNOWN).setMessage(reason).setDetailsList([detail]);
    const metadata = new Metadata();
    metadata.set("grpc-status-details-bin", Buffer.from(details.serializeBinary()));
    this.status = { code: status.UNKNOWN, details: reason, metadata };
    Object.defineProperty(this, "status", { enumerable: false });
  }
}

/** A handler that answers with what the work comes to. Whatever it throws becomes an answer: no request ends this process. */
export function answering<Request, Answer>(
  work: (request: Request) => Promise<Answer> | Answer,
): handleUnaryCall<Request, Answer> {
  return (call, answer) => {
    // In a promise's callback, an error thrown by the answering itself would be taken for one of the work.
    void settled(work, call.request).then((outcome) =>
      outcome.kind === "done" ? answer(null, outcome.answer) : answer(outcome.status),
    );
  };
}

async function settled<Request, Answer>(
  work: (request: Request) => Promise<Answer> | Answer,
  request: Request,
): Promise<
  | { readonly kind: "done"; readonly answer: Answer }
  | { readonly kind: "failed"; readonly status: Partial<StatusObject> }
> {
  try {
    return { kind: "done", answer: await work(request) };
  } catch (error) {
    return { kind: "failed", status: error instanceof KeptResource ? error.status : statusOf(error) };
  }
}

function statusOf(error: unknown): Partial<StatusObject> {
  const { message, stack } = presentable(error, undefined);
  // Shown by the engine only in its debug log, or if this process dies.
  process.stderr.write(`${stack}\n`);
  return { code: status.UNKNOWN, details: message };
}
