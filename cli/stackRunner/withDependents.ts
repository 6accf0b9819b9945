import { z } from "zod";
import { ConfigurationError } from "../../provider/errors";

const urns = z.array(z.string()).nullish();
const graphSchema = z.object({
  deployment: z.object({
    resources: z
      .array(
        z.object({
          urn: z.string(),
          parent: z.string().nullish(),
          deletedWith: z.string().nullish(),
          dependencies: urns,
          propertyDependencies: z.record(z.string(), urns).nullish(),
        }),
      )
      .nullish(),
  }),
});

/**
 * The URNs, and everything that depends on them at any distance, in the order of the state: what `--target-dependents` of
 * Pulumi reaches.
 *
 * @param state a stack's export
 * @throws ConfigurationError ERR_CONFIGURATION
 */
export function withDependents(wanted: readonly string[], state: string): readonly string[] {
  const parsed = graphSchema.safeParse(JSON.parse(state));
  if (!parsed.success) {
    throw new ConfigurationError({
      what: "The stack's export does not say what depends on what.",
      todo: "It has to be what `pulumi stack export` prints.",
    });
  }
  const reached = new Set(wanted);
  const resources = parsed.data.deployment.resources ?? [];
  // A state lists a resource after everything that it refers to, so one pass reaches any distance.
  for (const { urn, parent, deletedWith, dependencies, propertyDependencies } of resources) {
    const references = [
      parent,
      deletedWith,
      ...(dependencies ?? []),
      ...Object.values(propertyDependencies ?? {}).flatMap((list) => list ?? []),
    ];
    if (references.some((reference) => reference && reached.has(reference))) {
      reached.add(urn);
    }
  }
  return [...wanted.filter((urn) => !resources.some((each) => each.urn === urn)), ...resources.map(({ urn }) => urn)]
    .filter((urn) => reached.has(urn))
    .filter((urn, index, all) => all.indexOf(urn) === index);
}
