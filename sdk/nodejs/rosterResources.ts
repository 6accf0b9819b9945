import * as pulumi from "@pulumi/pulumi";
import type { RosterFile } from "../../provider/roster/roster";
import type { Credential } from "./credential";
import { credential } from "./credential";
import type { ManagementCertificateOutputs } from "./generated/managementCertificate";
import type { SubscriptionCertificateLinkOutputs } from "./generated/subscriptionCertificateLink";
import type { ManagementCertificateArgs } from "./managementCertificate";
import { programError } from "./programError";
import { readRosterFile } from "./readRosterFile";
import type { RosterSnapshotArgs } from "./rosterSnapshot";
import type { SubscriptionCertificateLinkArgs } from "./subscriptionCertificateLink";

export interface CertificateRosterArgs {
  /** The roster, YAML. A relative path starts from the folder of the program. Either this or `content`. */
  readonly path?: string | undefined;
  /** The roster's text, where it does not come from a file. */
  readonly content?: string | undefined;
  /** How many of 100 people may leave in one change without being among `expected.leavers` of the roster. Default: 25. */
  readonly leaversLimitPercent?: pulumi.Input<number> | undefined;
  /** What all links have in common, as `whenRemovedElsewhere` or `managementEndpoint`. */
  readonly links?:
    | Omit<SubscriptionCertificateLinkArgs, "subscriptionId" | "certificate" | "certificatePem" | "holder">
    | undefined;
}

/** The resources that a roster is made of: dynamic ones, or those of the plugin. */
interface ResourceClasses {
  readonly RosterSnapshot: new (
    name: string,
    args: RosterSnapshotArgs,
    options: pulumi.CustomResourceOptions,
  ) => pulumi.CustomResource;
  readonly ManagementCertificate: new (
    name: string,
    args: ManagementCertificateArgs,
    options: pulumi.CustomResourceOptions,
  ) => ManagementCertificateOutputs;
  readonly SubscriptionCertificateLink: new (
    name: string,
    args: SubscriptionCertificateLinkArgs,
    options: pulumi.CustomResourceOptions,
  ) => SubscriptionCertificateLinkOutputs;
}

/** A roster's certificates and links, whoever serves them. */
export abstract class RosterResources extends pulumi.ComponentResource {
  /** Those that are made here, by their path in the roster, as `people/alice` or `groups/on-call`. */
  public readonly certificates: Readonly<Record<string, ManagementCertificateOutputs>>;
  /** Of each certificate, also of one that somebody brought (`people/alice/yubikey`), by its path and the name of the subscription. */
  public readonly links: Readonly<Record<string, Readonly<Record<string, SubscriptionCertificateLinkOutputs>>>>;

  protected constructor(
    classes: ResourceClasses,
    name: string,
    args: CertificateRosterArgs,
    options: pulumi.ComponentResourceOptions,
  ) {
    super("azure-certificates:index:CertificateRoster", name, {}, options);
    const { file, certificates } = readRosterFile(args, name);
    const { roster, expected } = file;
    const snapshot = new classes.RosterSnapshot(
      name,
      { roster: mutable(roster), expected: mutable(expected), leaversLimitPercent: args.leaversLimitPercent },
      { parent: this },
    );
    // Where the snapshot refuses, nothing of the roster is changed.
    const children: pulumi.CustomResourceOptions = { parent: this, dependsOn: [snapshot] };
    const subscriptionIds = new Map(roster.subscriptions.map((one) => [one.name, one.subscriptionId]));
    const made = certificates.filter(({ kind }) => kind !== "pasted");
    this.certificates = Object.fromEntries(
      made.map(({ path, id, holders }) => [
        path,
        new classes.ManagementCertificate(
          `${name}/${path}`,
          {
            commonName: id,
            organization: file.organization ?? undefined,
            holders: [...holders],
            ...mutable(file.rotation)[path],
          },
          children,
        ),
      ]),
    );
    this.links = Object.fromEntries(
      certificates.map(({ path, subscriptions, holders: [holder = ""] }) => [
        path,
        Object.fromEntries(
          subscriptions.map((subscription) => [
            subscription,
            new classes.SubscriptionCertificateLink(
              `${name}/${path}/${subscription}`,
              {
                // The file says whose a pasted one is: where it was registered before, it goes with them all the same.
                ...(path in file.pasted && { removeAdopted: true }),
                ...args.links,
                subscriptionId: subscriptionIds.get(subscription) ?? "",
                ...(path in this.certificates
                  ? { certificate: this.certificates[path] }
                  : { certificatePem: file.pasted[path], holder }),
              },
              children,
            ),
          ]),
        ),
      ]),
    );
    this.registerOutputs({ people: roster.people.length, certificates: certificates.length });
  }

  /**
   * The key of a person or group, which resolves only after every subscription of theirs accepts it.
   *
   * @param path as `people/alice` or `groups/on-call`
   */
  public credential(path: string): Credential {
    const certificate = this.certificates[path];
    if (certificate === undefined) {
      throw programError(
        `credential: the roster has no certificate ${path}: it has ${Object.keys(this.certificates).join(", ")}`,
      );
    }
    return credential({ certificate, links: Object.values(this.links[path] ?? {}) });
  }
}

type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;

/** Pulumi's types of Inputs are of lists that may be written; nobody writes these. */
function mutable<T extends RosterFile[keyof RosterFile]>(value: T): Mutable<T> {
  return value as Mutable<T>;
}
