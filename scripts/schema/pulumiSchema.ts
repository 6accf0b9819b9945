// The package schema that Pulumi makes the SDKs of all languages from, out of the definitions.
import { z } from "zod";
import packageJson from "../../package.json";
import { providerConfiguration, secretConfigurationKeys } from "../../provider/azure/configurationDefinition";
import type { FunctionDefinition } from "../../provider/functions/definition";
import type { ResourceDefinition } from "../../provider/resources/definition";
import { functionDefinitions, resourceDefinitions } from "./definitions";
import { type JsonSchema, jsonSchemaOf, mapValues, upperFirst } from "./jsonSchema";
import type {
  EnumTypeSpec,
  FunctionSpec,
  ObjectTypeSpec,
  PackageSpec,
  PropertySpec,
  ResourceSpec,
  TypeSpec,
} from "./packageSpec";

type Types = Record<string, ObjectTypeSpec | EnumTypeSpec>;

const name = "azure-certificates";

/** Without a version: that is the build's. */
export function pulumiSchema(): PackageSpec {
  const types: Types = {};
  const configuration = jsonSchemaOf(providerConfiguration);
  const variables = propertiesOf(configuration, "Provider", types, { secret: secretConfigurationKeys });
  const resources = Object.fromEntries(
    resourceDefinitions.map((definition) => [tokenOf(definition.type), resourceSpec(definition, types)]),
  );
  const functions = Object.fromEntries(
    functionDefinitions.map((definition) => [tokenOf(definition.name), functionSpec(definition, types)]),
  );
  return {
    name,
    displayName: "Azure certificates",
    description: packageJson.description,
    keywords: [...packageJson.keywords.filter((keyword) => keyword !== "pulumi"), "category/cloud", "kind/native"],
    license: packageJson.license,
    config: { variables },
    provider: {
      description:
        "Who may register certificates, and where. Nothing of it is needed in a preview that has to look at nothing: a credential is read with the first request. An environment variable `AZURE_CERTIFICATES_…` wins over each of these inputs.",
      inputProperties: variables,
    },
    resources,
    types: Object.fromEntries(Object.entries(types).sort(([left], [right]) => (left < right ? -1 : 1))),
    functions,
    language: {
      // Not the name of this package itself, which a Node program may have installed beside what is generated.
      nodejs: { packageName: `${packageJson.name}-sdk`, respectSchemaVersion: true },
      python: {
        packageName: packageJson.name.replaceAll("-", "_"),
        pyproject: { enabled: true },
        respectSchemaVersion: true,
      },
      go: { generateResourceContainerTypes: true, respectSchemaVersion: true },
      csharp: { namespaces: { [name]: "AzureCertificates" }, respectSchemaVersion: true },
      java: { packages: { [name]: "azurecertificates" } },
    },
  };
}

function tokenOf(type: string): string {
  return `${name}:index:${type}`;
}

function resourceSpec(definition: ResourceDefinition, types: Types): ResourceSpec {
  const { type, description, outputs, secretOutputs, replacedBy } = definition;
  const shown = publicInputs(definition);
  const inputs = jsonSchemaOf(shown);
  const results = jsonSchemaOf(outputs);
  return {
    description,
    inputProperties: propertiesOf(inputs, type, types, { replacedBy }),
    requiredInputs: requiredOf(inputs),
    properties: propertiesOf(results, type, types, { secret: secretOutputs }),
    required: requiredOf(results),
    // A program that changes from the dynamic resources to the plugin keeps what it has.
    aliases: [{ type: `pulumi-nodejs:dynamic/${name}:${type}` }],
  };
}

/** What a program gives, in the order of the definition. */
export function publicInputs({ inputs, filledIn, spelledOut }: ResourceDefinition): z.ZodObject {
  const given = Object.entries(inputs.shape).filter(([key]) => !filledIn.includes(key));
  return z.object(Object.fromEntries(given.map(([key, schema]) => [key, spelledOut[key]?.optional() ?? schema])));
}

function functionSpec(
  { name: called, description, inputs, secretInputs, outputs }: FunctionDefinition,
  types: Types,
): FunctionSpec {
  const given = jsonSchemaOf(inputs);
  const results = jsonSchemaOf(outputs);
  const named = upperFirst(called);
  return {
    description,
    inputs: {
      type: "object",
      properties: propertiesOf(given, named, types, { secret: secretInputs }),
      required: requiredOf(given),
    },
    outputs: { type: "object", properties: propertiesOf(results, named, types, {}), required: requiredOf(results) },
  };
}

interface Marks {
  readonly secret?: readonly string[];
  readonly replacedBy?: readonly string[];
}

function propertiesOf(
  schema: JsonSchema,
  owner: string,
  types: Types,
  { secret = [], replacedBy = [] }: Marks,
): Record<string, PropertySpec> {
  return mapValues(schema.properties ?? {}, (property, key) => ({
    ...typeOf(property, `${owner}${upperFirst(key)}`, types),
    ...(property.description === undefined ? {} : { description: property.description }),
    ...(isPlain(property.default) ? { default: property.default } : {}),
    ...(secret.includes(key) ? { secret: true as const } : {}),
    ...(replacedBy.includes(key) ? { willReplaceOnChanges: true as const } : {}),
  }));
}

/** A schema of Pulumi's takes no list and no map as a default. */
function isPlain(value: unknown): value is boolean | number | string {
  return typeof value === "boolean" || typeof value === "number" || typeof value === "string";
}

function requiredOf({ properties = {}, required = [] }: JsonSchema): string[] {
  return required.filter((key) => key in properties);
}

function typeOf(schema: JsonSchema, named: string, types: Types): TypeSpec {
  if (schema.enum !== undefined) {
    const values = schema.enum;
    const numbers = values.every((value) => typeof value === "number");
    return declared(named, types, {
      type: numbers ? "integer" : "string",
      enum: values.map((value) => (numbers ? { name: `Value${value}`, value } : { value })),
    });
  }
  if (schema.items !== undefined) {
    return { type: "array", items: typeOf(schema.items, named, types) };
  }
  if (schema.properties !== undefined) {
    const own = schema.id ?? named;
    return declared(own, types, {
      type: "object",
      properties: propertiesOf(schema, own, types, {}),
      required: requiredOf(schema),
    });
  }
  if (typeof schema.additionalProperties === "object") {
    return { type: "object", additionalProperties: typeOf(schema.additionalProperties, named, types) };
  }
  const { type } = schema;
  if (type === "string" || type === "number" || type === "integer" || type === "boolean") {
    return { type };
  }
  throw new Error(`no type of Pulumi's for ${named}: ${JSON.stringify(schema)}`);
}

function declared(named: string, types: Types, type: ObjectTypeSpec | EnumTypeSpec): TypeSpec {
  const token = tokenOf(named);
  const known = types[token];
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(type)) {
    throw new Error(`two types of the name ${token}`);
  }
  types[token] = type;
  return { $ref: `#/types/${token}` };
}
