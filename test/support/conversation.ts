import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ServiceDefinition } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { z } from "zod";
import type { Json } from "./names";

const exchangeSchema = z.strictObject({
  method: z.string(),
  request: z.record(z.string(), z.json()),
  /** The answer, or the error in its place. */
  answer: z.record(z.string(), z.json()).optional(),
  error: z.string().optional(),
});
const conversationSchema = z.array(
  z.strictObject({
    /** What the run did. */
    title: z.string(),
    /** The moment that it took as now. */
    asOf: z.string(),
    exchanges: z.array(exchangeSchema),
  }),
);

/** One call of an engine, with what the plugin answered. */
export type Exchange = z.infer<typeof exchangeSchema>;

/** All calls of a stack's life, by the plugin process that they went to. */
export type Conversation = z.infer<typeof conversationSchema>;

export const conversationPath = join(__dirname, "../conversation/rotation.json");

export function readConversation(): Conversation {
  return conversationSchema.parse(JSON.parse(readFileSync(conversationPath, "utf8")));
}

/** Calls with one question and one answer, by name. */
export function callsOf(): ReadonlyMap<string, ServiceDefinition[string]> {
  const service = ResourceProviderService as unknown as ServiceDefinition;
  return new Map(Object.entries(service).filter(([, { responseStream }]) => !responseStream));
}

interface Message {
  toObject(): Readonly<Record<string, unknown>>;
}
type Accessors = Readonly<Record<string, (...args: unknown[]) => unknown>>;

/** A message as JSON: structs as the objects that they stand for, without what has its default. */
export function jsonOf(message: object): Record<string, Json> {
  const fields = Object.entries((message as Message).toObject()).map(([key, value]): [string, unknown] => {
    const inner = (message as Accessors)[accessor("get", key)]?.();
    return [key, inner instanceof Struct ? inner.toJavaScript() : value];
  });
  return Object.fromEntries(fields.filter(([, value]) => !isDefault(value))) as Record<string, Json>;
}

/** The request that {@link jsonOf} gave this JSON for. */
export function requestOf(definition: ServiceDefinition[string], json: Readonly<Record<string, Json>>): object {
  const message = definition.requestDeserialize(Buffer.alloc(0)) as object;
  for (const [key, value] of Object.entries(json)) {
    const isStruct = typeof value === "object" && value !== null && !Array.isArray(value);
    (message as Accessors)[accessor("set", key)]?.(
      isStruct ? Struct.fromJavaScript(value as { [key: string]: JavaScriptValue }) : value,
    );
  }
  return message;
}

function accessor(verb: "get" | "set", key: string): string {
  return `${verb}${key.charAt(0).toUpperCase()}${key.slice(1)}`;
}

function isDefault(value: unknown): boolean {
  return (
    value === undefined ||
    value === "" ||
    value === 0 ||
    value === false ||
    (Array.isArray(value) && value.length === 0)
  );
}
