import type { MaintenanceWindow } from "../schedule/types";

/** Who works here, and which doors they open. Names of people are for people; their ids stay when a name changes. */

export interface RosterSubscription {
  /** As the file calls it. */
  readonly name: string;
  /** GUID, lower case. */
  readonly subscriptionId: string;
  /** Certificates that it takes. */
  readonly certificateLimit: number;
  /** The service administrator whose allowance its certificates count against; absent where nobody said. */
  readonly administrator?: string | undefined;
}

/** Brought along by a person, who has its key: it opens doors and is never rotated here. */
export interface PastedCertificate {
  /** Among those of its person, as `yubikey`. */
  readonly id: string;
  /** SHA-1 of its DER, upper-case hexadecimal. */
  readonly thumbprint: string;
  /** ISO 8601 in UTC. */
  readonly notAfter: string;
  /** Names of the subscriptions that accept it, sorted. */
  readonly subscriptions: readonly string[];
}

/** Has a certificate of their own if any subscription is theirs. */
export interface Person {
  readonly id: string;
  /** As people call them. */
  readonly name: string;
  /** Names of subscriptions, sorted. */
  readonly subscriptions: readonly string[];
  /** Sorted by id; absent where there are none. */
  readonly certificates?: readonly PastedCertificate[] | undefined;
}

/** Shares one certificate; its members are the holders. */
export interface Group {
  readonly id: string;
  /** Ids of people, sorted. */
  readonly members: readonly string[];
  /** Names of subscriptions, sorted. */
  readonly subscriptions: readonly string[];
}

/** Each list sorted by its key. */
export interface Roster {
  readonly subscriptions: readonly RosterSubscription[];
  readonly people: readonly Person[];
  readonly groups: readonly Group[];
}

/** How often and when a certificate is replaced, and how long two of it stand side by side; what is not said has the default of ManagementCertificate. */
export interface RotationSettings {
  readonly validityPeriodHours?: number | undefined;
  readonly renewBeforeHours?: number | undefined;
  readonly rotateEveryHours?: number | undefined;
  readonly overlapHours?: number | undefined;
  readonly spreadHours?: number | undefined;
  readonly maintenanceWindows?: readonly MaintenanceWindow[] | undefined;
}

/** What would be refused as a mistake, were it not said that it is meant. */
export interface ExpectedChanges {
  /** Ids of people who left. */
  readonly leavers: readonly string[];
  /** GUIDs of subscriptions, or their names in the roster, that nobody is to open any more. */
  readonly closedSubscriptions: readonly string[];
}

/** All that a roster file says. */
export interface RosterFile {
  readonly roster: Roster;
  /** By the path of a certificate, as `people/alice` or `groups/on-call`. */
  readonly rotation: Readonly<Record<string, RotationSettings>>;
  /** Certificates that people brought along, PEM, by path, as `people/alice/yubikey`. */
  readonly pasted: Readonly<Record<string, string>>;
  /** Of the subject of every certificate that is made here; null where none is given. */
  readonly organization: string | null;
  readonly expected: ExpectedChanges;
}
