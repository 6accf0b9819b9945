// How a schema is written in TypeScript.
import type { JsonSchema } from "./jsonSchema";

export function inputType(schema: JsonSchema): string {
  return `pulumi.Input<${plainType(schema, (inner) => `pulumi.Input<${inner}>`)}>`;
}

export function plainInputType(schema: JsonSchema): string {
  return plainType(schema, (inner) => inner);
}

export function outputType(schema: JsonSchema, name: string, nested: string[]): string {
  const items = schema.items;
  if (items?.properties !== undefined) {
    return `${nestedInterface(items, name, nested)}[]`;
  }
  if (schema.properties !== undefined) {
    return nestedInterface(schema, name, nested);
  }
  return plainType(schema, (inner) => inner);
}

export function nestedInterface(schema: JsonSchema, position: string, nested: string[]): string {
  const name = schema.id ?? position;
  nested.push(`export interface ${name} {\n${membersOf(schema, plainInputType).join("\n")}\n}`);
  return name;
}

/** The members of an interface, each with its documentation. */
export function membersOf(
  { properties = {}, required = [] }: JsonSchema,
  typeOf: (schema: JsonSchema) => string,
): readonly string[] {
  return Object.entries(properties).map(([name, schema]) => {
    const [mark, absent] = required.includes(name) ? ["", ""] : ["?", " | undefined"];
    return `${doc(schema.description, "  ")}  readonly ${name}${mark}: ${typeOf(schema)}${absent};`;
  });
}

function plainType(schema: JsonSchema, wrap: (inner: string) => string): string {
  if (schema.enum !== undefined) {
    return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  }
  if (schema.items !== undefined) {
    return `${wrap(plainType(schema.items, wrap))}[]`;
  }
  if (schema.type === "object") {
    const inner =
      typeof schema.additionalProperties === "object" ? plainType(schema.additionalProperties, wrap) : "unknown";
    return `{ [key: string]: ${wrap(inner)} }`;
  }
  const { type } = schema;
  if (type === "string" || type === "number" || type === "boolean") {
    return type;
  }
  if (type === "integer") {
    return "number";
  }
  throw new Error(`no TypeScript type for ${JSON.stringify(schema)}`);
}

export function doc(description: string | undefined, indent: string): string {
  if (description === undefined) {
    return "";
  }
  const lines = description.split("\n");
  return lines.length === 1
    ? `${indent}/** ${description} */\n`
    : `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join("\n")}\n${indent} */\n`;
}
