import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { providerConfiguration } from "../../provider/azure/configurationDefinition";
import { functionDefinitions, resourceDefinitions } from "./definitions";
import type { PropertySpec } from "./packageSpec";
import { pulumiSchema } from "./pulumiSchema";

const schema = pulumiSchema();

/** Pulumi's own, less one note: zod takes "uri-reference" for a whole URI, and Pulumi's references begin with `#`. */
const metaschema = z.fromJSONSchema(
  JSON.parse(readFileSync(join(__dirname, "fixtures/pulumi/pulumi.json"), "utf8"), (key, value) =>
    key === "format" && value === "uri-reference" ? undefined : value,
  ),
);

function complaints(value: unknown): string {
  const result = metaschema.safeParse(value);
  return result.success ? "" : z.prettifyError(result.error);
}

/** Every object of the schema, at any depth. */
function objectsIn(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (typeof value !== "object" || value === null) {
    return [];
  }
  const inner = Object.values(value).flatMap(objectsIn);
  return Array.isArray(value) ? inner : [value as Readonly<Record<string, unknown>>, ...inner];
}

/** Every property of the schema with its name: inputs, outputs, configuration and those of types. */
const properties = objectsIn(schema).flatMap(({ properties, inputProperties, variables }) =>
  [properties, inputProperties, variables].flatMap((some) =>
    Object.entries((some ?? {}) as Readonly<Record<string, PropertySpec>>),
  ),
);

describe("the package schema", () => {
  it("is what Pulumi's metaschema demands", () => {
    expect(complaints(schema)).toBe("");
    expect(complaints({ ...schema, version: "1.2.3" })).toBe("");
  });

  it.each([
    ["an unknown key", { ...schema, resource: {} }],
    ["a token without a module", { ...schema, resources: { ManagementCertificate: {} } }],
    [
      "a type that there is not",
      { ...schema, types: { "a:index:B": { type: "object", properties: { c: { type: "date" } } } } },
    ],
  ])("would be refused with %s", (_what, broken) => {
    expect(complaints(broken)).not.toBe("");
  });

  it("offers every resource and function of the package, and nothing else", () => {
    const tokens = (names: readonly string[]) => names.map((name) => `azure-certificates:index:${name}`);
    expect(Object.keys(schema.resources)).toEqual(tokens(resourceDefinitions.map(({ type }) => type)));
    expect(Object.keys(schema.functions)).toEqual(tokens(functionDefinitions.map(({ name }) => name)));
    expect(Object.keys(schema.config.variables)).toEqual(Object.keys(providerConfiguration.shape));
    expect(schema.provider.inputProperties).toEqual(schema.config.variables);
  });

  it("names no type that it does not declare, and declares none that nothing names", () => {
    const named = objectsIn(schema).flatMap(({ $ref }) => ($ref === undefined ? [] : [String($ref)]));
    expect([...new Set(named)].sort()).toEqual(
      Object.keys(schema.types)
        .map((token) => `#/types/${token}`)
        .sort(),
    );
  });

  it("describes every property", () => {
    const mute = properties.filter(([, { description }]) => description === undefined || !/\.$/.test(description));
    expect(mute).toEqual([]);
  });

  it("does not ask a program for what a host fills in, and shows a link's certificate as a program can write it", () => {
    const given = Object.values(schema.resources).flatMap(({ inputProperties }) => Object.keys(inputProperties));
    expect(given).not.toContain("resourceName");
    expect(given).not.toContain("stack");
    const certificate = schema.types["azure-certificates:index:SubscriptionCertificateLinkCertificate"];
    expect(certificate).toMatchObject({ required: ["certificatePem", "previous", "overlapHours"] });
    const outputs = schema.resources["azure-certificates:index:ManagementCertificate"]?.properties;
    for (const [name, { description: _, ...type }] of Object.entries(
      (certificate as { properties: object }).properties,
    )) {
      expect(outputs?.[name], name).toMatchObject(type);
    }
  });

  it("marks as secret what holds a private key or opens one, and nothing else", () => {
    const secret = properties.filter(([, property]) => property.secret === true).map(([name]) => name);
    expect([...new Set(secret)].sort()).toEqual([
      "clientCertificatePassword",
      "clientKeyPem",
      "content",
      "privateKeyPem",
      "publishSettings",
    ]);
  });

  it("takes nothing from a program's environment: a program's key would be stored in the state", () => {
    expect(JSON.stringify(schema)).not.toContain("defaultInfo");
  });

  it("has the dynamic resources as aliases, so that a program can change to the plugin", () => {
    expect(Object.values(schema.resources).map(({ aliases }) => aliases)).toEqual([
      [{ type: "pulumi-nodejs:dynamic/azure-certificates:ManagementCertificate" }],
      [{ type: "pulumi-nodejs:dynamic/azure-certificates:SubscriptionCertificateLink" }],
      [{ type: "pulumi-nodejs:dynamic/azure-certificates:ApplicationCertificateLink" }],
      [{ type: "pulumi-nodejs:dynamic/azure-certificates:CertificateFile" }],
      [{ type: "pulumi-nodejs:dynamic/azure-certificates:RosterSnapshot" }],
    ]);
  });
});
