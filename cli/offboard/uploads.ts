import type { SubscriptionOperation } from "../../provider/azure/subscriptionOperations";
import { dayOf, listInWords, shortThumbprint } from "../../provider/rotation/wording";
import type { Managed } from "./managed";

/** What the log of a subscription says of the upload of one certificate. */
export type Upload =
  | {
      readonly kind: "known";
      /** Null where the log's date can't be read. */
      readonly at: Date | null;
      readonly callerThumbprint: string | null;
      readonly callerEmail: string | null;
    }
  /** Not in the log: it was before the time that the log goes back. */
  | { readonly kind: "notLogged" }
  | { readonly kind: "unreadable"; readonly why: string };

/** Who uploaded these certificates, by thumbprint: the latest that succeeded. Pure. */
export function uploadsIn(
  operations: readonly SubscriptionOperation[],
  thumbprints: readonly string[],
): ReadonlyMap<string, Upload> {
  return new Map(
    thumbprints.map((thumbprint): [string, Upload] => {
      const upload = operations.findLast(
        ({ name, about, succeeded }) =>
          succeeded &&
          // What the service calls it is documented nowhere; a removal must not be taken for it.
          !/^(remove|delete)/i.test(name) &&
          about.some((text) => text.toUpperCase().includes(thumbprint)),
      );
      return [thumbprint, upload === undefined ? { kind: "notLogged" } : known(upload)];
    }),
  );
}

function known({ startedAt, callerThumbprint, callerEmail }: SubscriptionOperation): Upload {
  const at = new Date(startedAt);
  return { kind: "known", at: Number.isNaN(at.getTime()) ? null : at, callerThumbprint, callerEmail };
}

/** Ends a sentence that begins with the certificate: "uploaded on 2027-01-05 with …". */
export function uploadInWords(upload: Upload | undefined, managed: Managed): string {
  if (upload === undefined) {
    return "uploaded by nobody knows whom: applications keep no log that says so";
  }
  switch (upload.kind) {
    case "notLogged":
      return "uploaded longer ago than the subscription's log goes back";
    case "unreadable":
      return `uploaded by nobody knows whom: the subscription's log could not be read (${upload.why})`;
    case "known":
      return `uploaded${upload.at === null ? "" : ` on ${dayOf(upload.at)}`} ${callerOf(upload, managed)}`;
  }
}

function callerOf(
  { callerThumbprint, callerEmail }: Extract<Upload, { kind: "known" }>,
  { holdersOf }: Managed,
): string {
  if (callerEmail !== null) {
    return `by ${callerEmail}`;
  }
  if (callerThumbprint === null) {
    return "by somebody who signed in without a certificate";
  }
  const holders = holdersOf(callerThumbprint) ?? [];
  const who = holders.length === 0 ? "whose holders no state knows" : `which ${listInWords(holders)} held`;
  return `with ${shortThumbprint(callerThumbprint)}, ${who}`;
}
