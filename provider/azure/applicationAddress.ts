import type { ServiceAddress } from "./service";

/** Which app registration, and where. */
export interface ApplicationAddress extends ServiceAddress {
  /** What `id` is: Graph's own id of the object, or the client id that the application signs in with. */
  readonly by: "objectId" | "appId";
  /** A GUID, lower-case. */
  readonly id: string;
}

/** One spelling of an address, to keep applications apart by. */
export function applicationKey({ endpoint, by, id }: ApplicationAddress): string {
  return `${new URL(endpoint).origin}/applications/${by}/${id}`;
}

/** @see learn.microsoft.com/graph/api/application-get */
export function applicationPath({ by, id }: ApplicationAddress): string {
  return by === "objectId" ? `/v1.0/applications/${id}` : `/v1.0/applications(appId='${id}')`;
}
