import { randomUUID } from "node:crypto";
import { z } from "zod";
import { parseCertificate, tryParseCertificate } from "../certificate/parse";
import { directoryPatienceMs, directoryPauseMs, directorySightings } from "../defaults";
import { CancelledError, CertificateError, ServiceError } from "../errors";
import type { Ports } from "../ports";
import { type ApplicationAddress, applicationPath } from "./applicationAddress";
import type { OwnApplication } from "./credential";
import { type Failure, RequestFailed } from "./failure";
import { graphFacts } from "./graphErrors";
import { type KeyEdit, type NewKeyCredential, sendEdit, type WriteWith } from "./keyWriting";
import type { Confirmation } from "./managementCertificates";
import { mayHaveTakenEffect } from "./retry";
import type { Transport } from "./transport";

/** One way to sign in as an application, as Graph shows it; what is not ours is sent back as it came. */
const keyCredential = z.looseObject({
  keyId: z.guid().toLowerCase(),
  key: z.base64().nullish(),
  customKeyIdentifier: z.string().nullish(),
  startDateTime: z.string().nullish(),
  endDateTime: z.string().nullish(),
  type: z.string().nullish(),
});
const applicationSchema = z.object({
  id: z.guid().toLowerCase(),
  appId: z.guid().toLowerCase(),
  keyCredentials: z.array(keyCredential),
});

export type KeyCredential = z.infer<typeof keyCredential>;

/** What an application holds, as one read saw it. */
export interface ApplicationKeys {
  /** Graph's own id of the object. */
  readonly id: string;
  readonly appId: string;
  readonly keyCredentials: readonly KeyCredential[];
  readonly serverDate: Date | null;
  readonly requestId: string | null;
  /** Thumbprint of the certificate that the request was made with, where that is known. */
  readonly authenticatedWith: string | null;
  /** Who signed in, for records. */
  readonly signedInAs: string;
}

/**
 * The certificates of app registrations, their collection `keyCredentials`. Graph knows no way to say which state of it was
 * seen, and answers from replicas that lag. So a change begins with reads that agree, leaves as it is whatever it does not
 * mean to change, and counts once reads in a row show it; whatever somebody else did meanwhile is read and kept.
 *
 * Every method may throw AuthenticationError, ApplicationUnavailableError, CredentialPolicyError, QuotaExceededError,
 * ServiceError, UnreadableAnswerError, TransportError, RetriesExhaustedError or ConfigurationError, or the reason of an abort.
 *
 * @see learn.microsoft.com/graph/api/resources/keycredential
 */
export interface Applications {
  /** As one replica shows it. */
  read(at: ApplicationAddress): Promise<ApplicationKeys>;
  /** As several reads in a row agree. */
  readSettled(at: ApplicationAddress): Promise<ApplicationKeys>;
  /** @param onAnswerLost called as soon as it may have been registered, before that is known for certain */
  add(at: ApplicationAddress, der: Buffer, writeWith: WriteWith, onAnswerLost: () => void): Promise<Added>;
  /** Also where it is gone already. @param thumbprint upper-case */
  remove(at: ApplicationAddress, thumbprint: string, writeWith: WriteWith): Promise<Confirmation>;
}

/** What to do about what is there; null where nothing is to be done any more. */
type Decide = (there: readonly KeyCredential[]) => KeyEdit | null;

interface ChangePurpose {
  readonly writeWith: WriteWith;
  readonly purpose: string;
  readonly thumbprint: string;
  readonly onAnswerLost: () => void;
}

/** Changes by others that one change meets, at most: then it is no coincidence. */
const mostConflicts = 10;

/** Of the write; null where it was there already, or no answer to it was seen. */
interface Added extends Confirmation {
  /** As it was read back. */
  readonly readBack: KeyCredential | undefined;
}

/** The certificate of a credential: SHA-1 of its bytes or, where they are not shown, what Entra derives from them. */
export function thumbprintOf({ key, customKeyIdentifier }: KeyCredential): string {
  const parsed = key == null ? null : tryParseCertificate(Buffer.from(key, "base64"));
  if (parsed !== null) {
    return parsed.thumbprint;
  }
  const identifier = customKeyIdentifier ?? "";
  const bytes = Buffer.from(identifier, "base64");
  return /^[0-9a-f]{40}$/i.test(identifier)
    ? identifier.toUpperCase()
    : bytes.length === 20
      ? bytes.toString("hex").toUpperCase()
      : "";
}

export function applications(
  transport: Pick<Transport<ApplicationAddress>, "call">,
  ports: Pick<Ports, "now" | "sleep" | "signal" | "monotonicMs">,
  signer: () => Promise<OwnApplication | null>,
): Applications {
  const read: Applications["read"] = (at) =>
    transport.call({ at, purpose: "read the certificates of an application", thumbprint: null }, {}, async (send) => {
      const answer = await send({ method: "GET", path: `${applicationPath(at)}?$select=id,appId,keyCredentials` });
      const { serverDate, requestId, authenticatedWith, signedInAs } = answer;
      return { ...decode(answer.body, requestId), serverDate, requestId, authenticatedWith, signedInAs };
    });

  const pause = () => ports.sleep(directoryPauseMs, ports.signal);

  async function readSettled(at: ApplicationAddress): Promise<ApplicationKeys> {
    const deadlineMs = ports.monotonicMs() + directoryPatienceMs;
    let last = await read(at);
    for (let sightings = 1; sightings < directorySightings; ) {
      if (ports.monotonicMs() >= deadlineMs) {
        throw unsettled(at);
      }
      await pause();
      const next = await read(at);
      sightings = sameKeys(next, last) ? sightings + 1 : 1;
      last = next;
    }
    return last;
  }

  /**
   * @param isSure whether a conflict is to be an error, because it came too often
   * @returns the answer, or null where only reading tells what has become of it
   */
  function carryOut(
    at: ApplicationAddress,
    there: ApplicationKeys,
    edit: KeyEdit,
    purpose: ChangePurpose,
    isSure: boolean,
  ): Promise<Confirmation | null> {
    let isLost = false;
    const { onAnswerLost, writeWith, ...about } = purpose;
    return transport.call({ at, ...about }, {}, async (send) => {
      if (isLost) {
        return null;
      }
      try {
        return await sendEdit({ at, writeWith }, there, edit, { send, signer, now: ports.now });
      } catch (error) {
        const failure = error instanceof RequestFailed ? error.failure : null;
        if (failure !== null && isConflict(failure) && !isSure) {
          return null;
        }
        if (error instanceof CancelledError || (failure !== null && mayHaveTakenEffect(failure))) {
          isLost = true;
          onAnswerLost();
        }
        throw error;
      }
    });
  }

  /** Changes the collection until reads in a row show the change. */
  async function change(
    at: ApplicationAddress,
    decide: Decide,
    purpose: ChangePurpose,
  ): Promise<Confirmation & { readonly settled: ApplicationKeys }> {
    const deadlineMs = ports.monotonicMs() + directoryPatienceMs;
    let confirmation: Confirmation = { requestId: null, signedInAs: null };
    let conflicts = 0;
    while (ports.monotonicMs() < deadlineMs) {
      const before = await readSettled(at);
      const edit = decide(before.keyCredentials);
      if (edit === null) {
        return { ...confirmation, settled: before };
      }
      const answer = await carryOut(at, before, edit, purpose, conflicts >= mostConflicts);
      if (answer === null) {
        conflicts += 1;
        await pause();
      } else {
        confirmation = answer;
        // It is there, and whoever reads it back may still fail.
        purpose.onAnswerLost();
        // What still looks as before has not arrived yet; anything else is what somebody made of it.
        await untilItMoved(at, before, decide, deadlineMs);
      }
    }
    throw unsettled(at);
  }

  async function untilItMoved(
    at: ApplicationAddress,
    before: ApplicationKeys,
    decide: Decide,
    deadlineMs: number,
  ): Promise<void> {
    for (let seen = await read(at); ports.monotonicMs() < deadlineMs; seen = await read(at)) {
      if (decide(seen.keyCredentials) === null || !sameKeys(seen, before)) {
        return;
      }
      await pause();
    }
  }

  return {
    read,
    readSettled,
    add: async (at, der, writeWith, onAnswerLost) => {
      const { thumbprint, publicKeyPkcs1, subject } = parseCertificate(der);
      if (publicKeyPkcs1 === null) {
        throw new CertificateError({
          what: "Azure takes RSA certificates only, and the key of this one is not RSA.",
          facts: { thumbprint },
        });
      }
      // Ours from the beginning: sent once more, it is the same credential and not another one with the same key.
      const add: NewKeyCredential = {
        keyId: randomUUID(),
        type: "AsymmetricX509Cert",
        usage: "Verify",
        key: der.toString("base64"),
        displayName: subject.slice(0, longestDisplayName),
      };
      const { settled, ...confirmation } = await change(
        at,
        (there) => (there.some((one) => thumbprintOf(one) === thumbprint) ? null : { add, remove: [] }),
        { writeWith, purpose: "register a certificate", thumbprint, onAnswerLost },
      );
      return { ...confirmation, readBack: settled.keyCredentials.find((one) => thumbprintOf(one) === thumbprint) };
    },
    remove: async (at, thumbprint, writeWith) => {
      const { requestId, signedInAs } = await change(
        at,
        (there) => {
          const remove = there.filter((one) => thumbprintOf(one) === thumbprint);
          return remove.length === 0 ? null : { add: null, remove };
        },
        { writeWith, purpose: "remove a certificate", thumbprint, onAnswerLost: () => {} },
      );
      return { requestId, signedInAs };
    },
  };

  function unsettled(at: ApplicationAddress): ServiceError {
    return new ServiceError({
      what: `The application did not show the same certificates in ${directorySightings} reads in a row for ${directoryPatienceMs / 60_000} minutes: Entra has not caught up, or somebody else keeps changing it.`,
      todo: "What was done so far is kept; run the update again.",
      facts: graphFacts(at),
    });
  }
}

/** Longer names are shortened by Graph (keyCredential resource type). */
const longestDisplayName = 90;

function sameKeys(one: ApplicationKeys, other: ApplicationKeys): boolean {
  const idsOf = ({ keyCredentials }: ApplicationKeys) => keyCredentials.map(({ keyId }) => keyId).sort();
  return idsOf(one).join() === idsOf(other).join();
}

/** Somebody else was faster: a keyId that was sent back or is to be removed is gone, or two requests met. */
function isConflict(failure: Failure): boolean {
  return (
    failure.kind === "answer" &&
    (failure.serviceCode === "Directory_ConcurrencyViolation" ||
      (failure.status === 400 && failure.serviceCode === "KeyCredentialsInvalidValue") ||
      (failure.status === 400 && /no credentials found to be removed/i.test(failure.message ?? "")))
  );
}

function decode(body: string, requestId: string | null): z.infer<typeof applicationSchema> {
  let content: unknown;
  try {
    content = JSON.parse(body);
  } catch {
    throw new RequestFailed({ kind: "unreadable", detail: "it is no JSON", requestId });
  }
  const { success, data, error } = applicationSchema.safeParse(content);
  if (!success) {
    const path = error.issues[0]?.path.join("/") ?? "it";
    throw new RequestFailed({ kind: "unreadable", detail: `${path} is not as documented`, requestId });
  }
  return data;
}
