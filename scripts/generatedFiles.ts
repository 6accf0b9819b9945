// Every file that is generated from the definitions, by its path: what `make schema` writes, and a test compares.
import { stringify } from "yaml";
import { documentationPages } from "./schema/pages";
import { pulumiSchema } from "./schema/pulumiSchema";
import { rosterJsonSchema } from "./schema/rosterJsonSchema";
import { sdkClasses } from "./schema/sdkClasses";
import { sdkReference } from "./schema/sdkReference";

/** Folders in which everything is generated. */
export const generatedFolders = ["sdk/nodejs/generated", "docs/resources", "docs/functions", "docs/nodejs"];

/** The text of what comes from the definitions alone, before the TypeScript among it is formatted. */
export function definedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ["schema.yaml", schemaYaml()],
    ["roster.schema.json", rosterJsonSchema()],
    ...[...sdkClasses()].map(([name, text]): [string, string] => [`sdk/nodejs/generated/${name}`, text]),
    ...[...documentationPages()].map(([path, text]): [string, string] => [`docs/${path}`, text]),
  ]);
}

/** The text of what comes from the SDK as it stands in its folder, its generated part included. */
export async function referenceFiles(): Promise<ReadonlyMap<string, string>> {
  return new Map([...(await sdkReference())].map(([path, text]): [string, string] => [`docs/${path}`, text]));
}

function schemaYaml(): string {
  return `# Generated from the definitions in provider/ by \`make schema\`. Do not edit. The build adds the version.\n${stringify(
    pulumiSchema(),
    { lineWidth: 120, aliasDuplicateObjects: false },
  )}`;
}
