/** A stack as URNs say it; its organisation is in none of them. */
export interface StackName {
  readonly project: string;
  readonly stack: string;
}

/** Out of `urn:pulumi:<stack>::<project>::<type>::<name>`; null where it is no URN. */
export function stackOf(urn: string): StackName | null {
  const [, stack, project] = /^urn:pulumi:(.+?)::(.+?)::/s.exec(urn) ?? [];
  return stack === undefined || project === undefined ? null : { project, stack };
}

/** The end of a URN: what a program calls the resource. */
export function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}
