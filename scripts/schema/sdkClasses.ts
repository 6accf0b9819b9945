// What sdk/nodejs/generated/ says, from the definitions.
import { providerConfiguration, secretConfigurationKeys } from "../../provider/azure/configurationDefinition";
import type { ResourceDefinition } from "../../provider/resources/definition";
import { functionDefinitions, resourceDefinitions } from "./definitions";
import { type JsonSchema, jsonSchemaOf, lowerFirst, upperFirst } from "./jsonSchema";
import { functionFile } from "./sdkFunctions";
import { doc, inputType, membersOf, nestedInterface, outputType } from "./sdkTypes";

/** The text of every file of sdk/nodejs/generated/ by its name, before it is formatted. */
export function sdkClasses(): ReadonlyMap<string, string> {
  return new Map([
    ...resourceDefinitions.map((definition): [string, string] => [
      `${lowerFirst(definition.type)}.ts`,
      resourceFile(definition),
    ]),
    ...functionDefinitions.map((definition): [string, string] => [`${definition.name}.ts`, functionFile(definition)]),
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
  const given = Object.entries(inputs.properties ?? {}).filter(
    ([name]) => !definition.filledIn.includes(name) && !(name in definition.spelledOut),
  );
  const args = membersOf({ ...inputs, properties: Object.fromEntries(given) }, (schema) =>
    argumentType(schema, nested),
  );
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

/** A list of objects that have a name: a program may give each of them, or a part of it, as an Input. */
function argumentType(schema: JsonSchema, nested: string[]): string {
  const { items } = schema;
  if (items?.id === undefined) {
    return inputType(schema);
  }
  nested.push(`export interface ${items.id} {\n${membersOf(items, inputType).join("\n")}\n}`);
  return `pulumi.Input<pulumi.Input<${items.id}>[]>`;
}

function secretNames(lower: string, { secretOutputs }: ResourceDefinition): string {
  return secretOutputs.length === 0
    ? ""
    : `/** Names of the outputs that are secret. */
export const ${lower}SecretOutputNames: readonly string[] = ${JSON.stringify(secretOutputs)};

`;
}
