import type * as pulumi from "@pulumi/pulumi";
import { RosterSnapshotOutputs, rosterSnapshotOutputNames } from "../generated/rosterSnapshot";
import type { RosterSnapshotArgs } from "../rosterSnapshot";
import { declared } from "./declared";
import { pluginOptions } from "./pluginOptions";

/**
 * What a roster said when it was last applied: compares, says whom a change lets in and shuts out, and refuses what looks
 * like a mistake; served by the plugin `pulumi-resource-azure-certificates`. A {@link CertificateRoster} registers one.
 */
export class RosterSnapshot extends RosterSnapshotOutputs {
  constructor(name: string, args: RosterSnapshotArgs, options: pulumi.CustomResourceOptions = {}) {
    super(
      "azure-certificates:index:RosterSnapshot",
      name,
      { ...declared(rosterSnapshotOutputNames), ...args },
      pluginOptions("RosterSnapshot", options),
    );
  }
}
