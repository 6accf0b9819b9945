// What sdk/nodejs/generated/ says, from the resource definitions.
import { providerConfiguration, secretConfigurationKeys } from "../../provider/azure/configurationDefinition";
import type { ResourceDefinition } from "../../provider/resources/definition";
import { resourceDefinitions } from "./definitions";
import { type JsonSchema, jsonSchemaOf, lowerFirst, upperFirst } from "./jsonSchema";

/** The text of every file of sdk/nodejs/generated/ by its name, before it is formatted. */
export function sdkClasses(): ReadonlyMap<string, string> {
  return new Map([
    ...resourceDefinitions.map((definition): [string, string] => [
      `${lowerFirst(definition.type)}.ts`,
      resourceFile(definition),
    ]),
    ["provider.ts", providerFile()],
  ]);
}

function providerFile(): string {
  const nested: string[] = [];
  const args = Object.entries(jsonSchemaOf(providerConfiguration).properties ?? {}).map(([name, schema]) => {
    const items = schema.items;
    const type =
      items?.properties === undefined
        ? inputType(schema)
        : `pulumi.Input<pulumi.Input<${nestedInterface(items, `Provider${upperFirst(name)}`, nested)}>[]>`;
    return `${doc(schema.description, "  ")}  readonly ${name}?: ${type} | undefined;`;
  });
  return `// Generated from the definition of the provider's configuration by \`make schema\`. Do not edit.
import type * as pulumi from "@pulumi/pulumi";

${nested.join("\n\n")}

/** Who uploads, and where to. */
export interface ProviderInputs {
${args.join("\n\n")}
}

/** Names of the settings that hold a private key, or open one. */
export const secretProviderInputNames: readonly string[] = ${JSON.stringify(secretConfigurationKeys)};
`;
}

function resourceFile(definition: ResourceDefinition): string {
  const inputs = jsonSchemaOf(definition.inputs);
  const outputs = jsonSchemaOf(definition.outputs);
  const nested: string[] = [];
  const fields = Object.entries(outputs.properties ?? {}).map(([name, schema]) => {
    const type = outputType(schema, `${definition.type}${upperFirst(name)}`, nested);
    const optional = outputs.required?.includes(name) === false ? " | undefined" : "";
    return `${doc(schema.description, "  ")}  declare public readonly ${name}: pulumi.Output<${type}${optional}>;`;
  });
  const args = Object.entries(inputs.properties ?? {})
    .filter(([name]) => !definition.filledIn.includes(name) && !(name in definition.spelledOut))
    .map(([name, schema]) => {
      const required = inputs.required?.includes(name) === true;
      return `${doc(schema.description, "  ")}  readonly ${name}${required ? "" : "?"}: ${inputType(schema)}${required ? "" : " | undefined"};`;
    });
  const lower = lowerFirst(definition.type);
  return `// Generated from the definition of ${definition.type} by \`make schema\`. Do not edit.
import * as pulumi from "@pulumi/pulumi";

${nested.join("\n\n")}

/** What a program says about a ${definition.type}. */
export interface ${definition.type}Inputs {
${args.join("\n\n")}
}

/** Names of all outputs: a resource has to declare them to Pulumi before they have a value. */
export const ${lower}OutputNames: readonly string[] = ${JSON.stringify(Object.keys(outputs.properties ?? {}), null, 2)};

${secretNames(lower, definition)}${doc(definition.description, "")}export abstract class ${definition.type}Outputs extends pulumi.CustomResource {
${fields.join("\n\n")}
}
`;
}

function secretNames(lower: string, { secretOutputs }: ResourceDefinition): string {
  return secretOutputs.length === 0
    ? ""
    : `/** Names of the outputs that are secret. */
export const ${lower}SecretOutputNames: readonly string[] = ${JSON.stringify(secretOutputs)};

`;
}

function inputType(schema: JsonSchema): string {
  return `pulumi.Input<${plainType(schema, (inner) => `pulumi.Input<${inner}>`)}>`;
}

function outputType(schema: JsonSchema, name: string, nested: string[]): string {
  const items = schema.items;
  if (items?.properties !== undefined) {
    return `${nestedInterface(items, name, nested)}[]`;
  }
  if (schema.properties !== undefined) {
    return nestedInterface(schema, name, nested);
  }
  return plainType(schema, (inner) => inner);
}

function nestedInterface(schema: JsonSchema, position: string, nested: string[]): string {
  const name = schema.id ?? position;
  const fields = Object.entries(schema.properties ?? {}).map(([field, inner]) => {
    const optional = schema.required?.includes(field) === true ? "" : "?";
    const type = plainType(inner, (plain) => plain);
    return `${doc(inner.description, "  ")}  readonly ${field}${optional}: ${type}${optional === "" ? "" : " | undefined"};`;
  });
  nested.push(`export interface ${name} {\n${fields.join("\n")}\n}`);
  return name;
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

function doc(description: string | undefined, indent: string): string {
  if (description === undefined) {
    return "";
  }
  const lines = description.split("\n");
  return lines.length === 1
    ? `${indent}/** ${description} */\n`
    : `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join("\n")}\n${indent} */\n`;
}
