import { z } from "zod";

/** The part of JSON Schema that the definitions come out as. */
export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly (string | number)[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  /** Of a schema that has a name of its own wherever it appears. */
  readonly id?: string;
}

/** What a program writes, or reads: transformations of ours are not shown. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const root = z.toJSONSchema(schema, { io: "input" }) as WrittenSchema;
  return resolved(root, root.$defs ?? {});
}

/** As zod writes it. */
interface WrittenSchema extends Omit<JsonSchema, "type" | "properties" | "items" | "additionalProperties"> {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, WrittenSchema>>;
  readonly items?: WrittenSchema;
  readonly additionalProperties?: WrittenSchema | boolean;
  readonly anyOf?: readonly WrittenSchema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, WrittenSchema>>;
}

/** Without references and without null: what may be null is left out of a state, and written as optional. */
function resolved(schema: WrittenSchema, named: Readonly<Record<string, WrittenSchema>>): JsonSchema {
  const { $ref, anyOf, $defs: _, type: types, properties, items, additionalProperties, ...rest } = schema;
  if ($ref !== undefined) {
    const id = $ref.slice("#/$defs/".length);
    const target = named[id];
    if (target === undefined) {
      throw new Error(`no definition of ${$ref}`);
    }
    return { ...resolved(target, named), ...rest, id };
  }
  const choices = anyOf?.filter(({ type }) => type !== "null");
  if (choices?.[0] !== undefined) {
    if (choices.length > 1) {
      throw new Error(`a choice of types has no counterpart in every language: ${JSON.stringify(schema)}`);
    }
    return { ...resolved(choices[0], named), ...rest };
  }
  const type = [types].flat().find((candidate) => candidate !== "null");
  return {
    ...rest,
    ...(type === undefined ? {} : { type }),
    ...(properties === undefined ? {} : { properties: mapValues(properties, (one) => resolved(one, named)) }),
    ...(items === undefined ? {} : { items: resolved(items, named) }),
    ...(additionalProperties === undefined
      ? {}
      : { additionalProperties: resolvedValues(additionalProperties, named) }),
  };
}

function resolvedValues(
  values: WrittenSchema | boolean,
  named: Readonly<Record<string, WrittenSchema>>,
): JsonSchema | boolean {
  return typeof values === "boolean" ? values : resolved(values, named);
}

export function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From, key: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}

export function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

export function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
