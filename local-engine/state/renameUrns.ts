import { parseProviderReference } from "../urn";
import type { ResourceState } from "./deployment";

/** The resource with every reference to a renamed resource replaced by the new name, and no alias left to remember. */
export function renameUrns(resource: ResourceState, renamed: ReadonlyMap<string, string>): ResourceState {
  const rename = (urn: string): string => renamed.get(urn) ?? urn;
  const { aliases: _remembered, ...rest } = resource;
  return {
    ...rest,
    ...(resource.parent && { parent: rename(resource.parent) }),
    ...(resource.deletedWith && { deletedWith: rename(resource.deletedWith) }),
    ...(resource.provider && { provider: renameProvider(resource.provider, rename) }),
    ...(resource.dependencies && { dependencies: resource.dependencies.map(rename) }),
    ...(resource.propertyDependencies && {
      propertyDependencies: Object.fromEntries(
        Object.entries(resource.propertyDependencies).map(([key, urns]) => [key, urns.map(rename)]),
      ),
    }),
  };
}

function renameProvider(reference: string, rename: (urn: string) => string): string {
  const { urn, id } = parseProviderReference(reference);
  return `${rename(urn)}::${id}`;
}
