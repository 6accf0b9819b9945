import { listInWords, shortThumbprint } from "../../provider/rotation/wording";
import type { KnownState } from "./knownState";
import type { Managed } from "./managed";
import { nameOfPlace } from "./place";
import type { Visit } from "./report";

/** Something that no look at a door can tell: somebody has to look elsewhere. */
export interface Check {
  readonly topic: "credential" | "roles" | "publishSettings" | "state";
  readonly what: string;
  readonly todo: string;
}

/** What a certificate can't close. Pure. */
export function checksFor(
  person: string,
  visits: readonly Visit[],
  states: readonly Pick<KnownState, "source" | "secrets">[],
  managed: Managed,
): readonly Check[] {
  const kinds = new Set(visits.map(({ door }) => door.place.kind));
  return [
    ...credentialChecks(person, visits, managed),
    ...(kinds.has("subscription") ? subscriptionChecks(person) : []),
    ...(kinds.has("application") ? [applicationCheck(person)] : []),
    ...states.map((state) => stateCheck(person, state)),
  ];
}

/** Whoever has the key that changes the doors can open them again. */
function credentialChecks(person: string, visits: readonly Visit[], { holdersOf }: Managed): readonly Check[] {
  const doorsBy = new Map<string | null, string[]>();
  for (const { door, reading } of visits) {
    if (reading.kind === "read") {
      const key = reading.authenticatedWith;
      doorsBy.set(key, [...(doorsBy.get(key) ?? []), nameOfPlace(door.place)]);
    }
  }
  return [...doorsBy].flatMap(([thumbprint, doors]): Check[] => {
    const where = doors.length > 2 ? `${doors.length} doors` : listInWords(doors);
    if (thumbprint === null) {
      return [
        {
          topic: "credential",
          what: `This run signed in to ${where} with a token, and whoever can get such a token can open these doors again.`,
          todo: `Make sure that ${person} can't: their account, and the secrets of the identity that was used.`,
        },
      ];
    }
    const holders = holdersOf(thumbprint) ?? [];
    if (holders.length === 0) {
      return [
        {
          topic: "credential",
          what: `This run signed in to ${where} with ${shortThumbprint(thumbprint)}, and no state at hand says who can read its key.`,
          todo: `If ${person} could, replace that credential: with its key these doors can be opened again.`,
        },
      ];
    }
    if (holders.includes(person)) {
      return [
        {
          topic: "credential",
          what: `This run signed in to ${where} with ${shortThumbprint(thumbprint)}, whose key ${person} had.`,
          todo: "Replace that credential: with its key these doors can be opened again.",
        },
      ];
    }
    return [];
  });
}

function subscriptionChecks(person: string): readonly Check[] {
  return [
    {
      topic: "roles",
      what: "Who administers a subscription needs no certificate, and none can read who does.",
      todo: `Take ${person} out of the role assignments and the classic administrators of each subscription (portal: Subscriptions, Access control (IAM)).`,
    },
    {
      topic: "publishSettings",
      what: "Every download of a publish settings file makes a certificate of its own on each subscription of the account.",
      todo: `If ${person} ever downloaded one, its certificates are among those that no state manages: remove them.`,
    },
  ];
}

function applicationCheck(person: string): Check {
  return {
    topic: "roles",
    what: "Owners of an application and administrators of the tenant can give it new keys and secrets.",
    todo: `Take ${person} out of the owners of each application and out of the roles in Entra; look through the applications' client secrets, which are no certificates.`,
  };
}

function stateCheck(person: string, { source, secrets }: Pick<KnownState, "source" | "secrets">): Check {
  const keys = "The state of a stack holds the private keys of its certificates";
  switch (secrets?.type) {
    case undefined:
      return {
        topic: "state",
        what: `${keys}, and that of ${source} does not say that they are encrypted.`,
        todo: `If ${person} could read that state or a copy of it, rotate every certificate in it (rotationTriggers, with overlapHours: 0).`,
      };
    case "passphrase":
      return {
        topic: "state",
        what: `${keys}, and those of ${source} are encrypted with a passphrase.`,
        todo: `If ${person} knew it and could read the state, change it (pulumi stack change-secrets-provider) and rotate every certificate in it: earlier states stay readable with the old one.`,
      };
    case "service":
      return {
        topic: "state",
        what: `${keys}, and those of ${source} are encrypted by Pulumi Cloud for whoever may read the stack.`,
        todo: `Take ${person} out of the organization or the stack's members; if they exported the secrets, rotate every certificate in it.`,
      };
    default:
      return {
        topic: "state",
        what: `${keys}, and those of ${source} are encrypted with a key in ${secrets?.url ?? "a key service"}.`,
        todo: `Take ${person} out of those who may use that key; if they exported the secrets, rotate every certificate in it.`,
      };
  }
}
