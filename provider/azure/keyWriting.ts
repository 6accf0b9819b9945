import { ConfigurationError } from "../errors";
import { type ApplicationAddress, applicationPath } from "./applicationAddress";
import type { ApplicationKeys, KeyCredential } from "./applications";
import { environmentVariableOf } from "./configuration";
import type { OwnApplication } from "./credential";
import { graphFacts } from "./graphErrors";
import type { Confirmation } from "./managementCertificates";
import type { AuthenticatedAnswer, Send } from "./transport";

/**
 * How a link's changes reach an application: `patch` replaces the whole collection and needs permission to write the
 * application; `addKey` adds and removes one key with a proof, which every application may do with its own keys. `auto` takes
 * `addKey` for the application that the run signs in as, and `patch` for all others.
 */
export const waysToWrite = ["auto", "patch", "addKey"] as const;
export type WriteWith = (typeof waysToWrite)[number];

/** A certificate that an application does not have yet. */
export interface NewKeyCredential {
  readonly keyId: string;
  readonly type: "AsymmetricX509Cert";
  readonly usage: "Verify";
  /** base64 of its DER. */
  readonly key: string;
  readonly displayName: string;
}

/** What to do to an application's certificates. */
export interface KeyEdit {
  readonly add: NewKeyCredential | null;
  readonly remove: readonly KeyCredential[];
}

/** Sends an edit of what was read. @throws RequestFailed, ConfigurationError */
export async function sendEdit(
  { at, writeWith }: { readonly at: ApplicationAddress; readonly writeWith: WriteWith },
  there: ApplicationKeys,
  edit: KeyEdit,
  {
    send,
    signer,
    now,
  }: { readonly send: Send; readonly signer: () => Promise<OwnApplication | null>; readonly now: () => Date },
): Promise<Confirmation> {
  const own = writeWith === "patch" ? null : await signer();
  const isOwn = own !== null && own.clientId === there.appId;
  if (writeWith === "addKey" && !isOwn) {
    throw notItself(at);
  }
  if (!isOwn) {
    return replaceAll(at, there, edit, send);
  }
  let answer: Confirmation = { requestId: null, signedInAs: null };
  for (const { action, content } of steps(edit)) {
    const proof = await own.prove(there.id, now());
    const body = JSON.stringify({ ...content, proof });
    answer = confirmed(await send({ method: "POST", path: `${applicationPath(at)}/${action}`, body }));
  }
  return answer;
}

/** @see learn.microsoft.com/graph/api/application-update */
async function replaceAll(
  at: ApplicationAddress,
  { keyCredentials }: ApplicationKeys,
  { add, remove }: KeyEdit,
  send: Send,
): Promise<Confirmation> {
  const kept = keyCredentials.filter((one) => !remove.includes(one)).map(sentBack);
  const body = JSON.stringify({ keyCredentials: add === null ? kept : [...kept, add] });
  return confirmed(await send({ method: "PATCH", path: applicationPath(at), body }));
}

function confirmed({ requestId, signedInAs }: AuthenticatedAnswer): Confirmation {
  return { requestId, signedInAs };
}

/** @see learn.microsoft.com/graph/api/application-addkey and application-removekey */
function steps({
  add,
  remove,
}: KeyEdit): readonly { readonly action: "addKey" | "removeKey"; readonly content: object }[] {
  const removals = remove.map(({ keyId }) => ({ action: "removeKey" as const, content: { keyId } }));
  if (add === null) {
    return removals;
  }
  // Graph draws its id here.
  const { keyId: _, ...keyCredential } = add;
  return [{ action: "addKey", content: { keyCredential, passwordCredential: null } }, ...removals];
}

/** As it came, without the certificate: a keyId without a key stays as it is (microsoft-graph-docs#3579). */
function sentBack(one: KeyCredential): object {
  return { ...one, key: null };
}

function notItself(at: ApplicationAddress): ConfigurationError {
  return new ConfigurationError({
    what: "writeWith is addKey, and the run does not sign in as this application: only who has one of its keys can prove it.",
    todo: `Set azure-certificates:clientId to the application's client id, and ${environmentVariableOf("entraCertificatePath")} to one of its keys; or leave writeWith out.`,
    facts: graphFacts(at),
  });
}
