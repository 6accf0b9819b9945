import { CheckFailure } from "@pulumi/pulumi/proto/provider_pb";
import * as messages from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { LocalEngineError, UnsupportedError } from "../errors";
import type { Progress } from "../progress";
import { type ProgramDeployment, StoppedError } from "../steps/deployment";
import type { StepResult } from "../steps/executor";
import { goalOf } from "../steps/goal";
import { fromStruct, revealProperties, toStruct, unknown } from "../values";
import { type Handler, unary } from "./server";

/**
 * Features that the SDK may ask for. Transforms, hooks and the rest are claimed although nothing can be done about them:
 * otherwise the SDK answers with "please update the Pulumi CLI", which would help nobody. They are refused by name.
 */
const features = new Set([
  "secrets",
  "deletedWith",
  "replaceWith",
  "transforms",
  "invokeTransforms",
  "resourceHooks",
  "errorHooks",
  "parameterization",
]);

/** Serves a program's registrations. */
export function monitorService(deployment: ProgramDeployment, progress: Progress): Record<string, Handler> {
  const refuse = (feature: string): Handler => reporting(progress, () => Promise.reject(new UnsupportedError(feature)));
  return {
    supportsFeature: unary((request: messages.SupportsFeatureRequest) => {
      const answer = new messages.SupportsFeatureResponse();
      answer.setHassupport(features.has(request.getId()));
      return answer;
    }),
    registerResource: reporting(progress, async (request: messages.RegisterResourceRequest) =>
      answerOf(await deployment.register(goalOf(request)), request),
    ),
    registerResourceOutputs: unary((request: messages.RegisterResourceOutputsRequest) => {
      deployment.registerOutputs(request.getUrn(), fromStruct(request.getOutputs()));
      return new Empty();
    }),
    readResource: reporting(progress, async (request: messages.ReadResourceRequest) => {
      const resource = await deployment.read({
        type: request.getType(),
        name: request.getName(),
        parent: request.getParent(),
        id: request.getId(),
        provider: request.getProvider(),
        version: request.getVersion(),
        properties: fromStruct(request.getProperties()),
        dependencies: request.getDependenciesList(),
        additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
      });
      const answer = new messages.ReadResourceResponse();
      answer.setUrn(resource.urn);
      answer.setProperties(toStruct(resource.outputs ?? {}));
      return answer;
    }),
    invoke: reporting(progress, async (request: messages.ResourceInvokeRequest) => {
      const { result, failures } = await deployment.invoke({
        token: request.getTok(),
        provider: request.getProvider(),
        version: request.getVersion(),
        args: fromStruct(request.getArgs()),
      });
      const answer = new messages.ResourceInvokeResponse();
      answer.setReturn(toStruct(result));
      answer.setFailuresList(
        failures.map(({ property, reason }) => new CheckFailure().setProperty(property).setReason(reason)),
      );
      return answer;
    }),
    call: reporting(progress, (request: messages.ResourceCallRequest) =>
      Promise.reject(new UnsupportedError(`methods of resources (${request.getTok()})`)),
    ),
    registerStackTransform: refuse("transforms"),
    registerStackInvokeTransform: refuse("transforms"),
    registerResourceHook: refuse("resource hooks"),
    registerErrorHook: refuse("resource hooks"),
    registerPackage: refuse("packages of other plugins"),
  };
}

/**
 * A refusal ends the run with its own sentence, even where it was asked to continue on errors: the program might catch the
 * error, and would at least bury it in a trace.
 */
function reporting<Request, Answer>(progress: Progress, handle: (request: Request) => Promise<Answer>): Handler {
  return unary(async (request: Request) => {
    try {
      return await handle(request);
    } catch (error) {
      if (error instanceof LocalEngineError) {
        progress.failAndStop(error.message);
        throw new StoppedError(error.message);
      }
      throw error;
    }
  });
}

function answerOf(result: StepResult, request: messages.RegisterResourceRequest): messages.RegisterResourceResponse {
  const answer = new messages.RegisterResourceResponse();
  if (result.kind === "failed") {
    if (!request.getSupportsresultreporting()) {
      throw new Error("The registration failed.");
    }
    answer.setUrn(result.urn);
    answer.setObject(toStruct({}));
    answer.setResult(messages.Result.FAIL);
    return answer;
  }
  const { resource } = result;
  // A component's old outputs may name resources that are not registered yet in this run.
  const outputs = resource.custom ? (resource.outputs ?? {}) : {};
  answer.setUrn(resource.urn);
  answer.setId(resource.id === unknown ? "" : (resource.id ?? ""));
  answer.setObject(toStruct(request.getAcceptsecrets() ? outputs : revealProperties(outputs)));
  answer.setUnknown(result.unknown ?? false);
  answer.setResult(messages.Result.SUCCESS);
  return answer;
}
