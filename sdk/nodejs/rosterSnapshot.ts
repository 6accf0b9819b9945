import type * as pulumi from "@pulumi/pulumi";
import { dynamicProps } from "./dynamicProps";
import type { RosterSnapshotInputs } from "./generated/rosterSnapshot";
import { RosterSnapshotOutputs, rosterSnapshotOutputNames } from "./generated/rosterSnapshot";

export interface RosterSnapshotArgs extends RosterSnapshotInputs {}

/**
 * What a roster said when it was last applied: compares, says whom a change lets in and shuts out, and refuses what looks
 * like a mistake. A {@link CertificateRoster} registers one.
 */
export class RosterSnapshot extends RosterSnapshotOutputs {
  constructor(name: string, args: RosterSnapshotArgs, options: pulumi.CustomResourceOptions = {}) {
    super(
      "pulumi-nodejs:dynamic/azure-certificates:RosterSnapshot",
      name,
      { ...dynamicProps(name, "rosterSnapshot", rosterSnapshotOutputNames), ...args },
      options,
    );
  }
}
