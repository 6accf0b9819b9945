import type { ProviderConfiguration } from "../../provider/azure/configuration";
import { assertTrustedAddress } from "../../provider/azure/knownClouds";
import type { ListedCertificate } from "../../provider/azure/managementCertificates";
import type { SubscriptionOperation } from "../../provider/azure/subscriptionOperations";
import { tryParseCertificate } from "../../provider/certificate/parse";
import { ConfigurationError } from "../../provider/errors";
import type { Ports } from "../../provider/ports";
import { type Configured, configuredWith } from "../../provider/resources/context";
import type { Values } from "../../provider/resources/lifecycle";
import { applicationCertificateLink, applicationKind } from "../../provider/resources/link/applicationCertificateLink";
import { confirmedListing } from "../../provider/resources/link/confirmedListing";
import {
  subscriptionCertificateLink,
  subscriptionKind,
} from "../../provider/resources/link/subscriptionCertificateLink";
import type { HeldDoor, HeldLink } from "./holdings";
import type { Place } from "./place";
import { configurationFrom } from "./providerSettings";

/** A certificate that a door accepts. */
export interface FoundCertificate {
  readonly thumbprint: string;
  /** Null where the bytes are no X.509 certificate. */
  readonly subject: string | null;
  readonly lineage: string | null;
  readonly validity: { readonly notBefore: Date; readonly notAfter: Date } | null;
  /** As the service writes it; may be empty. */
  readonly createdAt: string;
}

/** What a look at a door found. Only what was read proves that something is not there. */
export type DoorReading =
  | {
      readonly kind: "read";
      readonly certificates: readonly FoundCertificate[];
      /** Thumbprint of the certificate that this run signed in with; null for a token. */
      readonly authenticatedWith: string | null;
    }
  | { readonly kind: "unreadable"; readonly why: string };

/** The way to the doors of states: the provider's own clients, without any engine. */
export interface Doors {
  /** Never throws: what can't be read is said to be so. */
  read(door: HeldDoor): Promise<DoorReading>;
  /** What was changed on a subscription in the time that its log goes back. @throws the client's errors */
  operations(door: HeldDoor, now: Date): Promise<readonly SubscriptionOperation[]>;
  /** Takes everything of the link's lineage off its door, as the link's deletion would, with all its guards. @throws what that throws */
  close(link: HeldLink): Promise<void>;
  end(): Promise<void>;
}

interface DoorsSettings {
  /** Inputs of the provider resources, by `<urn>::<id>`. */
  readonly providers: ReadonlyMap<string, Values>;
  /** Whether the states that name the doors are those of a stack, as its engine would go by. */
  readonly trusted: boolean;
  /** Where relative paths begin. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly portsFor: (configuration: ProviderConfiguration) => Ports;
}

/** A person waits for the answer, and "not known" is one: the next run may be luckier. */
const patiencePerDoorMs = 120_000;
/** The log of a subscription goes back so far (List Subscription Operations). */
const logDays = 90;

const ways = {
  subscription: { kind: subscriptionKind, lifecycle: subscriptionCertificateLink },
  application: { kind: applicationKind, lifecycle: applicationCertificateLink },
} as const;

/** Opens nothing and reads nothing yet. */
export function openDoors({ providers, trusted, folder, environment, portsFor }: DoorsSettings): Doors {
  const contexts = new Map<string, Configured>();
  const contextOf = (provider: string | null, place: Place): Configured => {
    const key = provider ?? "";
    let context = contexts.get(key);
    if (context === undefined) {
      const configuration = configurationFrom(providers.get(key) ?? {}, folder, environment);
      context = configuredWith(configuration, portsFor(configuration));
      contexts.set(key, context);
    }
    if (!trusted) {
      assertMeant(place, context.configuration);
    }
    return context;
  };
  const patient = (context: Configured): Configured => ({
    ...context,
    connection: context.connection.within(patiencePerDoorMs),
  });
  return {
    read: async ({ place, provider, held }) => {
      try {
        const context = patient(contextOf(provider, place));
        const door = ways[place.kind].kind.doorOf(place.address, context);
        const listing = await door.list();
        const there = await confirmedListing(
          listing,
          held.map(({ thumbprint }) => thumbprint),
          door,
        );
        return {
          kind: "read",
          certificates: [...there.values()].map(found),
          authenticatedWith: listing.authenticatedWith,
        };
      } catch (error) {
        return { kind: "unreadable", why: firstLine(error) };
      }
    },
    operations: async ({ place, provider }, now) => {
      const { connection, configuration } = patient(contextOf(provider, place));
      const endpoint = place.address["managementEndpoint"] ?? configuration.managementEndpoint;
      const from = new Date(now.getTime() - logDays * 86_400_000);
      const subscriptionId = place.address["subscriptionId"] ?? "";
      return connection.subscriptionOperations.list({ endpoint, subscriptionId }, { from, to: now });
    },
    close: async ({ urn, place, provider, state }) => {
      const context = { ...contextOf(provider, place), stack: stackOf(urn) };
      const { kind, lifecycle } = ways[place.kind];
      // Of a creation that was cut off there are inputs only, which leave the endpoint to the provider.
      await lifecycle.delete({ ...kind.recorded(state, context), ...state }, context);
    },
    end: async () => {
      await Promise.all([...contexts.values()].map(({ connection }) => connection.close()));
    },
  };
}

/** Whatever went wrong at one door must not keep the others from being reported. */
export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}

/** `project/stack`, as evidence names it. */
function stackOf(urn: string): string {
  const [stack = "", project = ""] = urn.replace(/^urn:pulumi:/, "").split("::");
  return `${project}/${stack}`;
}

/** A file may name any address, and whoever wrote it must not choose who is shown a token. */
function assertMeant({ kind, address }: Place, { managementEndpoint, entra }: ProviderConfiguration): void {
  if (kind === "subscription") {
    const url = URL.parse(address["managementEndpoint"] ?? managementEndpoint);
    if (url === null) {
      throw new ConfigurationError({ what: "The state's address of this subscription is none." });
    }
    assertTrustedAddress(url, "The state", [managementEndpoint]);
  } else if ((address["graphEndpoint"] ?? entra.graphEndpoint) !== entra.graphEndpoint) {
    throw new ConfigurationError({
      what: `The state says that this application is at ${address["graphEndpoint"]}, and the configured address is ${entra.graphEndpoint}. Nothing was sent there.`,
      todo: "If that host is meant, set AZURE_CERTIFICATES_GRAPH_ENDPOINT to it.",
    });
  }
}

function found({ thumbprint, data, createdAt }: ListedCertificate): FoundCertificate {
  const parsed = tryParseCertificate(data);
  return {
    thumbprint,
    subject: parsed?.subject ?? null,
    lineage: parsed?.lineage ?? null,
    validity: parsed === null ? null : { notBefore: parsed.notBefore, notAfter: parsed.notAfter },
    createdAt,
  };
}
