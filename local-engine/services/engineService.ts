import * as messages from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Severity } from "../events";
import type { Progress } from "../progress";
import { type Handler, unary } from "./server";

const severities: readonly Severity[] = ["debug", "info", "warning", "error"];

/** What a program tells the engine about itself: its log, and which resource is the root of all others. */
export function engineService(progress: Progress): Record<string, Handler> {
  let root = "";
  return {
    log: unary((request: messages.LogRequest) => {
      const severity = severities[request.getSeverity()] ?? "info";
      if (severity === "error") {
        progress.tell("error", request.getMessage(), request.getUrn());
        // The program may go on after it has logged an error; it will exit with a code that says it failed.
        progress.failLater();
      } else if (!request.getEphemeral()) {
        progress.tell(severity, request.getMessage(), request.getUrn());
      }
      return new Empty();
    }),
    getRootResource: unary(() => {
      const answer = new messages.GetRootResourceResponse();
      answer.setUrn(root);
      return answer;
    }),
    setRootResource: unary((request: messages.SetRootResourceRequest) => {
      root = request.getUrn();
      return new messages.SetRootResourceResponse();
    }),
  };
}
