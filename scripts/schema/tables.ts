// Definitions as Markdown tables, for people who choose.

import type { z } from "zod";
import { environmentVariableOf } from "../../provider/azure/configuration";
import { type JsonSchema, jsonSchemaOf } from "./jsonSchema";

/** Of everything that a program gives, nested properties in rows of their own. */
export function inputsTable(inputs: z.ZodObject, secret: readonly string[] = []): string {
  return table(["input", "type", "what it means"], rowsOf(jsonSchemaOf(inputs), "", secret, "required"));
}

/** Of everything that a program gets. */
export function outputsTable(outputs: z.ZodObject, secret: readonly string[] = []): string {
  return table(["output", "type", "what it is"], rowsOf(jsonSchemaOf(outputs), "", secret, null));
}

/** Of the settings of the provider, with their environment variables; `noVariable` lists those that have none. */
export function configurationTable(
  configuration: z.ZodObject,
  secret: readonly string[],
  noVariable: readonly string[],
): string {
  const rows = rowsOf(jsonSchemaOf(configuration), "", secret, null).map(([name = "", type = "", meaning = ""]) => {
    const key = name.replaceAll("`", "");
    const variable = noVariable.includes(key) || /\W/.test(key) ? "–" : `\`${environmentVariableOf(key)}\``;
    return [name, variable, type, meaning];
  });
  return table(["setting", "environment", "type", "what it means"], rows);
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => "---"), ...rows.map((row) => row.map(cell))];
  return lines.map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/\s*\n+\s*/g, " ");
}

function rowsOf(
  schema: JsonSchema,
  prefix: string,
  secret: readonly string[],
  requiredWord: string | null,
): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    const required = requiredWord !== null && prefix === "" && schema.required?.includes(key) === true;
    const marks = [required ? `**${requiredWord}**` : "", secret.includes(key) ? "**secret**" : ""];
    const name = `${prefix}${key}`;
    const row = [
      `\`${name}\``,
      [typeInWords(property), ...marks.filter((mark) => mark !== "")].join(", "),
      property.description ?? "",
    ];
    const inner = property.items ?? property;
    return [row, ...rowsOf(inner, `${name}${property.items === undefined ? "" : "[]"}.`, [], requiredWord)];
  });
}

function typeInWords(schema: JsonSchema): string {
  const { type, items, additionalProperties, enum: values, minimum, maximum } = schema;
  if (values !== undefined) {
    const [last, ...others] = values.map((value) => `\`${value}\``).reverse();
    return `${others.reverse().join(", ")} or ${last}`;
  }
  if (items !== undefined) {
    return `list of ${items.properties === undefined ? inPlural(items) : "objects"}`;
  }
  if (typeof additionalProperties === "object") {
    return `map of ${inPlural(additionalProperties)}`;
  }
  const range =
    minimum === undefined || maximum === undefined || maximum === Number.MAX_SAFE_INTEGER
      ? ""
      : `, ${minimum} to ${maximum}`;
  return `${singular[type ?? ""] ?? type}${range}`;
}

const singular: Readonly<Record<string, string>> = {
  string: "text",
  boolean: "true or false",
  number: "number",
  integer: "whole number",
  object: "object",
};

function inPlural(schema: JsonSchema): string {
  return `${typeInWords(schema)}s`;
}
