/** `urn:pulumi:<stack>::<project>::<parentType$…$type>::<name>` (resource URNs, sdk/go/common/resource/urn). */

export const stackType = "pulumi:pulumi:Stack";
const providerTypePrefix = "pulumi:providers:";

/** The URN of a resource; the stack's own type is not part of its children's chain of types. */
export function makeUrn(stack: string, project: string, parent: string, type: string, name: string): string {
  const parentTypes = parent === "" ? "" : typeChainOf(parent);
  const chain = parentTypes === "" || parentTypes === stackType ? type : `${parentTypes}$${type}`;
  return `urn:pulumi:${stack}::${project}::${chain}::${name}`;
}

function typeChainOf(urn: string): string {
  return urn.split("::")[2] ?? "";
}

export function typeOf(urn: string): string {
  return typeChainOf(urn).split("$").at(-1) ?? "";
}

/** A name may itself contain `::`. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** A type's package: `pulumi-nodejs` of `pulumi-nodejs:dynamic/x:Y`. */
export function packageOf(type: string): string {
  return type.split(":")[0] ?? "";
}

export function isProviderType(type: string): boolean {
  return type.startsWith(providerTypePrefix);
}

export function defaultProviderUrn(stack: string, project: string, packageName: string): string {
  return makeUrn(stack, project, "", `${providerTypePrefix}${packageName}`, "default");
}

/** A provider reference `<urn>::<id>`, taken apart. */
export function parseProviderReference(reference: string): { urn: string; id: string } {
  const end = reference.lastIndexOf("::");
  return { urn: reference.slice(0, end), id: reference.slice(end + 2) };
}
