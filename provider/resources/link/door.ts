import { type ApplicationAddress, applicationKey } from "../../azure/applicationAddress";
import { type KeyCredential, thumbprintOf } from "../../azure/applications";
import type { Connection } from "../../azure/connection";
import type { WriteWith } from "../../azure/keyWriting";
import type { AddOptions, Confirmation, ListedCertificate, Listing } from "../../azure/managementCertificates";
import { type SubscriptionAddress, subscriptionKey } from "../../azure/subscriptionAddress";
import type { KeyAndCertificate } from "../../certificate/pairing";
import type { ErrorFacts } from "../../errors";

/** A place where certificates are registered, as a link works with it. */
export interface Door {
  /** As sentences name it: "subscription 7e4c…". */
  readonly name: string;
  /** One spelling, to keep doors apart by. */
  readonly key: string;
  /** Where a run for another day has to prove that it is the emulator. */
  readonly endpoint: string;
  /** What errors about it show. */
  readonly facts: Pick<ErrorFacts, "subscription" | "application">;
  list(): Promise<Listing>;
  /** Null once it is certain that it is not there. */
  get(thumbprint: string): Promise<ListedCertificate | null>;
  add(
    der: Buffer,
    options: Pick<AddOptions, "onAnswerLost">,
  ): Promise<
    Confirmation & {
      /** As it was read back, where that was part of adding it. */
      readonly readBack?: ListedCertificate;
    }
  >;
  /** Also where it is gone already. */
  remove(thumbprint: string): Promise<Confirmation>;
  /** Signs in as whoever holds the key does, and changes nothing. What it throws says why that does not work. */
  signIn(key: KeyAndCertificate): Promise<void>;
}

/** Touches no connection before something is asked of it: previews name doors too. */
export function subscriptionDoor(at: SubscriptionAddress, context: { readonly connection: Connection }): Door {
  const client = () => context.connection.managementCertificates;
  return {
    name: `subscription ${at.subscriptionId}`,
    key: subscriptionKey(at),
    endpoint: at.endpoint,
    facts: { subscription: at.subscriptionId },
    list: () => client().list(at),
    get: (thumbprint) => client().get(at, thumbprint),
    add: (der, options) => client().add(at, der, options),
    remove: (thumbprint) => client().remove(at, thumbprint),
    signIn: (key) => context.connection.keyTrial.onSubscription(at, key),
  };
}

/** Touches no connection before something is asked of it. */
export function applicationDoor(
  at: ApplicationAddress,
  writeWith: WriteWith,
  context: { readonly connection: Connection },
): Door {
  const client = () => context.connection.applications;
  return {
    name: `application ${at.id}`,
    key: applicationKey(at),
    endpoint: at.endpoint,
    facts: { application: at.id },
    list: async () => {
      const { keyCredentials, ...answer } = await client().read(at);
      return { ...answer, certificates: keyCredentials.filter(isCertificate).map(listed) };
    },
    // A single read may be of a replica that lags behind.
    get: async (thumbprint) => {
      const { keyCredentials } = await client().readSettled(at);
      return (
        keyCredentials
          .filter(isCertificate)
          .map(listed)
          .find((one) => one.thumbprint === thumbprint) ?? null
      );
    },
    add: async (der, { onAnswerLost = () => {} }) => {
      const { readBack, ...confirmation } = await client().add(at, der, writeWith, onAnswerLost);
      return { ...confirmation, ...(readBack !== undefined && { readBack: listed(readBack) }) };
    },
    remove: (thumbprint) => client().remove(at, thumbprint, writeWith),
    signIn: async (key) => context.connection.keyTrial.asApplication((await client().read(at)).appId, key),
  };
}

function isCertificate({ type }: KeyCredential): boolean {
  return type !== "Symmetric";
}

function listed(one: KeyCredential): ListedCertificate {
  return {
    thumbprint: thumbprintOf(one),
    data: Buffer.from(one.key ?? "", "base64"),
    createdAt: one.startDateTime ?? "",
  };
}
