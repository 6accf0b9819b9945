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

/** The package that a provider resource of this type provides. */
export function providedPackage(type: string): string {
  return isProviderType(type) ? type.slice(providerTypePrefix.length) : "";
}

export function providerType(packageName: string): string {
  return `${providerTypePrefix}${packageName}`;
}

/** The provider resource that the engine itself makes. @param version of the package that the program asks for; may be empty */
export function defaultProviderUrn(stack: string, project: string, packageName: string, version = ""): string {
  const name = version === "" ? "default" : `default_${version.replaceAll(".", "_")}`;
  return makeUrn(stack, project, "", providerType(packageName), name);
}

/** Whether the engine made this provider resource, and not the program. */
export function isDefaultProvider(urn: string): boolean {
  return isProviderType(typeOf(urn)) && /^default(_|$)/.test(nameOf(urn));
}

/** A provider reference `<urn>::<id>`, taken apart. */
export function parseProviderReference(reference: string): { urn: string; id: string } {
  const end = reference.lastIndexOf("::");
  return { urn: reference.slice(0, end), id: reference.slice(end + 2) };
}
