// Generated from the definition of RosterSnapshot by `make schema`. Do not edit.
import * as pulumi from "@pulumi/pulumi";

export interface RosterSnapshotRoster {
  /** What people and groups open. */
  readonly subscriptions: { [key: string]: unknown }[];
  /** Everybody. Who is not here any more has left. */
  readonly people: { [key: string]: unknown }[];
  /** Who shares a key. */
  readonly groups: { [key: string]: unknown }[];
}

/** What a program says about a RosterSnapshot. */
export interface RosterSnapshotInputs {
  /** Who works here, and which doors they open. */
  readonly roster: pulumi.Input<{ [key: string]: pulumi.Input<unknown> }>;

  /** What would be refused as a mistake, and is meant. Default: nothing. */
  readonly expected?: pulumi.Input<{ [key: string]: pulumi.Input<unknown> }> | undefined;

  /** How many of 100 people may leave in one change without being among `expected.leavers`. Default: 25. */
  readonly leaversLimitPercent?: pulumi.Input<number> | undefined;
}

/** Names of all outputs: a resource has to declare them to Pulumi before they have a value. */
export const rosterSnapshotOutputNames: readonly string[] = ["roster", "peopleCount", "certificateCount"];

/** What a roster said when it was last applied. It opens nothing itself: it compares a new roster with the one before, says in the preview whom it lets in and whom it shuts out, and refuses what looks like a file that was cut short. A `CertificateRoster` registers one, and everything of the roster depends on it, so that nothing is changed where it refuses. */
export abstract class RosterSnapshotOutputs extends pulumi.CustomResource {
  /** Who works here, and which doors they open. */
  declare public readonly roster: pulumi.Output<RosterSnapshotRoster>;

  /** People in the roster. */
  declare public readonly peopleCount: pulumi.Output<number>;

  /** Certificates that the roster asks for: one for each person and group with doors, and each that somebody brought along. */
  declare public readonly certificateCount: pulumi.Output<number>;
}
