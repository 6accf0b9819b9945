import type { Values } from "../../provider/resources/lifecycle";

/** A door, as its links name it. Plain JSON. */
export interface Place {
  readonly kind: "subscription" | "application";
  /** What a link of that kind finds it by; texts only. */
  readonly address: Readonly<Record<string, string>>;
}

const kinds = {
  SubscriptionCertificateLink: { kind: "subscription", named: ["subscriptionId"], also: ["managementEndpoint"] },
  ApplicationCertificateLink: {
    kind: "application",
    named: ["appId", "objectId"],
    also: ["graphEndpoint", "writeWith"],
  },
} as const;

/** Where a link's inputs or outputs say that its door is; null where they don't. @param type of the link, as `SubscriptionCertificateLink` */
export function placeOf(type: string, values: Values): Place | null {
  if (!Object.hasOwn(kinds, type)) {
    return null;
  }
  const { kind, named, also } = kinds[type as keyof typeof kinds];
  const texts = Object.fromEntries(
    [...named, ...also].flatMap((key) => {
      const value = values[key];
      return typeof value === "string" ? [[key, value]] : [];
    }),
  );
  return named.some((key) => Object.hasOwn(texts, key)) ? { kind, address: texts } : null;
}

/**
 * One spelling, to keep doors apart by. Inputs may leave the endpoint to the provider: then it is that of another link to
 * the same door, if there is one.
 */
export function keyOf(place: Place, others: readonly { readonly place: Place }[]): string {
  const id = idOf(place);
  const same = others.find((other) => idOf(other.place) === id && endpointOf(other.place) !== "");
  const endpoint = endpointOf(place) === "" && same !== undefined ? endpointOf(same.place) : endpointOf(place);
  return `${place.kind} ${id} ${endpoint}`;
}

/** As sentences name it: "subscription 7e4c…". */
export function nameOfPlace(place: Place): string {
  return `${place.kind} ${idOf(place)}`;
}

export function subscriptionIdOf({ address }: Place): string | null {
  return address["subscriptionId"] ?? null;
}

export function applicationIdOf({ address }: Place): string | null {
  return address["appId"] ?? address["objectId"] ?? null;
}

/** Whether it says which endpoint its door is at. */
export function isComplete({ place }: { readonly place: Place }): boolean {
  return endpointOf(place) !== "";
}

function idOf(place: Place): string {
  return (subscriptionIdOf(place) ?? applicationIdOf(place) ?? "").toLowerCase();
}

function endpointOf({ address }: Place): string {
  return address["managementEndpoint"] ?? address["graphEndpoint"] ?? "";
}
