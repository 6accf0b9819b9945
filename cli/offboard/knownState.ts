import { z } from "zod";
import { normaliseHolder } from "../../provider/resources/certificate/holders";
import type { Values } from "../../provider/resources/lifecycle";
import { parseStackExport, revealed, type StackExport } from "../stackExport";

/** One stack's export, with what the leaving of a person asks of it beside its certificates and links. */
export interface KnownState {
  /** As errors and the report call it: a file, or a stack. */
  readonly source: string;
  readonly text: string;
  readonly stack: StackExport;
  /** The inputs of each provider resource, by `<urn>::<id>`; what is encrypted is left out. */
  readonly providers: ReadonlyMap<string, Values>;
  /** With what the state's secrets are encrypted; null where the export does not say. */
  readonly secrets: { readonly type: string; readonly url: string | null } | null;
  /** Everybody whom the state names: id -> what people call them, or the id again. */
  readonly people: ReadonlyMap<string, string>;
}

const properties = z.record(z.string(), z.unknown()).nullish();
const schema = z.object({
  deployment: z.object({
    secrets_providers: z
      .object({ type: z.string(), state: z.object({ url: z.string().nullish() }).nullish().catch(null) })
      .nullish()
      .catch(null),
    resources: z
      .array(
        z.object({
          urn: z.string(),
          type: z.string(),
          id: z.string().nullish(),
          inputs: properties,
          outputs: properties,
        }),
      )
      .nullish(),
  }),
});
const snapshotTypes = [
  "azure-certificates:index:RosterSnapshot",
  "pulumi-nodejs:dynamic/azure-certificates:RosterSnapshot",
];
const rosterSchema = z.object({
  people: z.array(z.object({ id: z.string(), name: z.string() })),
});

/**
 * @param source as errors call it
 * @throws ConfigurationError ERR_CONFIGURATION. No message repeats a value: an export may hold private keys.
 */
export function readKnownState(text: string, source: string): KnownState {
  const stack = parseStackExport(text);
  const { deployment } = schema.parse(JSON.parse(text));
  const resources = deployment.resources ?? [];
  const { secrets_providers: secrets } = deployment;
  return {
    source,
    text,
    stack,
    providers: new Map(
      resources
        .filter(({ type }) => type.startsWith("pulumi:providers:"))
        .map(({ urn, id, inputs }) => [`${urn}::${id}`, revealed(inputs ?? {})]),
    ),
    secrets: secrets == null ? null : { type: secrets.type, url: secrets.state?.url ?? null },
    people: new Map([
      ...holdersIn(stack).map((id): [string, string] => [normaliseHolder(id), id]),
      ...resources
        .filter(({ type }) => snapshotTypes.includes(type))
        .flatMap(({ outputs }) => rosterSchema.safeParse(revealed(outputs ?? {})["roster"]).data?.people ?? [])
        .map(({ id, name }): [string, string] => [normaliseHolder(id), name]),
    ]),
  };
}

function holdersIn({ certificates }: StackExport): readonly string[] {
  return certificates.flatMap(({ outputs }) =>
    outputs === null
      ? []
      : [...(outputs.holders ?? []), ...outputs.heldBy, ...outputs.previous.flatMap(({ heldBy }) => heldBy)],
  );
}
