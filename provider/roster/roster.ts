/** Who works here, and which doors they open: what a roster file says, checked. Names are ids that stay when a person is renamed. */

/** How often a certificate is replaced, and how long two of it stand side by side; what is not said has the default of ManagementCertificate. */
export interface RotationSettings {
  readonly validityPeriodHours?: number | undefined;
  readonly renewBeforeHours?: number | undefined;
  readonly rotateEveryHours?: number | undefined;
  readonly overlapHours?: number | undefined;
}

export interface RosterSubscription {
  /** As the file calls it. */
  readonly name: string;
  readonly subscriptionId: string;
  /** Certificates that it takes. */
  readonly certificateLimit: number;
}

/** Has a certificate of their own if any subscription is theirs. */
export interface Person {
  readonly id: string;
  /** As people call them. */
  readonly name: string;
  /** Names of subscriptions, sorted. */
  readonly subscriptions: readonly string[];
  readonly rotation: RotationSettings;
}

/** Shares one certificate; its members are the holders. */
export interface Group {
  readonly id: string;
  /** Ids of people, sorted. */
  readonly members: readonly string[];
  /** Names of subscriptions, sorted. */
  readonly subscriptions: readonly string[];
  readonly rotation: RotationSettings;
}

/** Each list sorted by its key. */
export interface Roster {
  readonly subscriptions: readonly RosterSubscription[];
  readonly people: readonly Person[];
  readonly groups: readonly Group[];
}
