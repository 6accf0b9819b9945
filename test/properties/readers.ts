import { dueJson, dueTable } from "../../cli/dueTable";
import { parseStackExport } from "../../cli/stackExport";
import { whatIsDue } from "../../cli/whatIsDue";
import { readAddRequest } from "../../emulator/addRequest";
import { defaultBehaviour } from "../../emulator/behaviour";
import { ServiceError } from "../../emulator/errors";
import { RequestFailed } from "../../provider/azure/failure";
import { managementError } from "../../provider/azure/managementErrors";
import { httpDate, retryAfterMs } from "../../provider/azure/retryAfter";
import { decodeCertificate, decodeError, decodeList } from "../../provider/azure/xml";
import { parseCertificate, tryParseCertificate } from "../../provider/certificate/parse";
import { pemOf } from "../../provider/certificate/pem";
import { readPemBundle } from "../../provider/certificate/pemBundle";
import { readPfx } from "../../provider/certificate/pfx";
import { parsePublishSettings } from "../../provider/certificate/publishSettings";
import { longestRetryAfterMs } from "../../provider/defaults";
import { isAzureCertificatesError } from "../../provider/errors";
import { azurePfx } from "../support/azurePfx";
import { restructured } from "./derTree";
import { mutated, pick, type Random } from "./mutate";
import {
  answersOf,
  lineage,
  makeSamples,
  password,
  publishSettingsOf,
  requestOf,
  stackExportOf,
  subscriptionId,
} from "./samples";

/** One kind of input that comes from outside. */
export interface Reader {
  readonly name: string;
  /** Mutations in a whole run. */
  readonly count: number;
  readonly valid: Buffer;
  readonly mutant: (random: Random) => Buffer;
  /** The product's way to read it, to the last value that anybody takes from it. */
  readonly read: (bytes: Buffer) => unknown;
  readonly isNamed: (error: unknown) => boolean;
  /** Bytes that no error may repeat. */
  readonly secrets: readonly Buffer[];
}

const now = new Date("2027-03-01T00:00:00Z");
const request = {
  at: { endpoint: "https://management.core.windows.net", subscriptionId },
  thumbprint: null,
  purpose: "list the subscription's management certificates",
  shown: [],
};

/** All that is read from outside: 100,000 mutations over XML and certificates, and some more over dates and stack exports. */
export function makeReaders(): readonly Reader[] {
  const samples = makeSamples();
  const { der, plainDer, certificatePem, privateKeyDer, pfx, pfxParts, pfxWithCheckValue, pemBundle } = samples;
  const answers = answersOf(samples);
  const encryptedBundle = (key: Buffer) => Buffer.from(pemOf("ENCRYPTED PRIVATE KEY", key) + certificatePem);
  const list = answers.list(der);
  const settings = publishSettingsOf(pfx, "2.0");
  const stackExport = stackExportOf(samples);
  const others = [der, plainDer, pfx, pemBundle, list, answers.error, settings, stackExport];
  const secrets = [privateKeyDer, pfx, pfxWithCheckValue];

  const ours = { isNamed: isAzureCertificatesError, secrets };
  const mutantOf = (...valid: readonly [Buffer, ...Buffer[]]) => ({
    valid: valid[0],
    mutant: (random: Random) => mutated(pick(random, valid), random, others),
  });
  /** Damage inside what is then put into a sound wrapping. */
  const wrapped = (inner: Buffer | readonly [Buffer, ...Buffer[]], wrap: (damaged: Buffer) => Buffer) => {
    const valid = Buffer.isBuffer(inner) ? ([inner] as const) : inner;
    return {
      valid: wrap(valid[0]),
      mutant: (random: Random) => {
        const sample = pick(random, valid);
        return wrap(random() < 0.5 ? mutated(sample, random, others) : restructured(sample, random));
      },
    };
  };
  const bare = (damaged: Buffer) => damaged;
  const bundle = (bytes: Buffer) => readPemBundle(bytes.toString("utf8"), password);
  const publishSettings = (bytes: Buffer) => parsePublishSettings(bytes.toString("utf8"));
  const addRequest = (bytes: Buffer) => readAddRequest(bytes, { ...defaultBehaviour, minimumRsaBits: 1024 });
  const ofEmulator = { isNamed: (error: unknown) => error instanceof ServiceError, secrets: [] };

  return [
    { name: "certificate", count: 12_000, ...mutantOf(der, plainDer), read: parseCertificate, ...ours },
    { name: "certificate structure", count: 12_000, ...wrapped(der, bare), read: parseCertificate, ...ours },
    {
      name: "certificate in PEM",
      count: 8_000,
      ...mutantOf(Buffer.from(certificatePem)),
      read: (bytes) => parseCertificate(bytes.toString("utf8")),
      ...ours,
    },
    { name: "PFX", count: 6_000, ...mutantOf(pfx, pfxWithCheckValue), read: (bytes) => readPfx(bytes, ""), ...ours },
    {
      name: "PFX structure",
      count: 6_000,
      ...wrapped([pfx, pfxWithCheckValue], bare),
      read: (bytes) => readPfx(bytes, ""),
      ...ours,
    },
    {
      name: "key in a PFX",
      count: 2_000,
      ...wrapped(privateKeyDer, (key) => azurePfx({ ...pfxParts, privateKeyDer: key })),
      read: (bytes) => readPfx(bytes, ""),
      ...ours,
    },
    { name: "PEM bundle", count: 8_000, ...mutantOf(pemBundle), read: bundle, ...ours },
    {
      name: "encrypted PEM bundle",
      count: 6_000,
      ...wrapped(samples.encryptedKeyDer, encryptedBundle),
      read: bundle,
      ...ours,
    },
    {
      name: "publish settings",
      count: 6_000,
      ...mutantOf(settings, publishSettingsOf(pfx, "1.0")),
      read: publishSettings,
      ...ours,
    },
    {
      name: "PFX in publish settings",
      count: 4_000,
      ...wrapped([pfx, pfxWithCheckValue], (damaged) => publishSettingsOf(damaged, "2.0")),
      read: publishSettings,
      ...ours,
    },
    { name: "list", count: 8_000, ...mutantOf(list), read: readList, ...ours },
    { name: "certificate in a list", count: 4_000, ...wrapped(der, answers.list), read: readList, ...ours },
    { name: "answer with one certificate", count: 5_000, ...mutantOf(answers.one), read: readOne, ...ours },
    { name: "error answer", count: 5_000, ...mutantOf(answers.error), read: readError, ...ours, secrets: [] },
    {
      name: "request",
      count: 5_000,
      ...mutantOf(requestOf(der, ""), requestOf(der, "az:")),
      read: addRequest,
      ...ofEmulator,
    },
    {
      name: "certificate in a request",
      count: 3_000,
      ...wrapped(der, (damaged) => requestOf(damaged, "")),
      read: addRequest,
      ...ofEmulator,
    },
    { name: "stack export", count: 6_000, ...mutantOf(stackExport), read: readStackExport, ...ours },
    {
      name: "Retry-After",
      count: 4_000,
      ...mutantOf(Buffer.from("120"), Buffer.from("Mon, 01 Mar 2027 00:10:30 GMT")),
      read: readRetryAfter,
      isNamed: () => false,
      secrets: [],
    },
  ];
}

/** What the transport makes of an answer that can't be understood. */
function orItsError<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    throw error instanceof RequestFailed ? managementError(error.failure, request) : error;
  }
}

function readList(bytes: Buffer): unknown {
  return orItsError(() => decodeList(bytes.toString("utf8"), lineage)).map(({ data }) => tryParseCertificate(data));
}

function readOne(bytes: Buffer): unknown {
  return tryParseCertificate(orItsError(() => decodeCertificate(bytes.toString("utf8"), lineage)).data);
}

/** Ends in an error even where it is valid: that is what it says. */
function readError(bytes: Buffer): never {
  const error = decodeError(bytes.toString("utf8"));
  const answer = { kind: "answer", status: 404, requestId: lineage, retryAfterMs: null } as const;
  throw managementError({ ...answer, serviceCode: error?.code ?? null, message: error?.message ?? null }, request);
}

function readStackExport(bytes: Buffer): unknown {
  const counted = parseStackExport(bytes.toString("utf8"));
  const items = whatIsDue(counted, now);
  const report = { now, until: now, items, next: items.at(-1) ?? null, counted };
  return [dueTable(report), JSON.stringify(dueJson(report))];
}

function readRetryAfter(bytes: Buffer): unknown {
  const text = bytes.toString("latin1");
  const milliseconds = retryAfterMs(text, httpDate(text), now);
  if (milliseconds !== null && !(milliseconds >= 0 && milliseconds <= longestRetryAfterMs)) {
    throw new TypeError(`${milliseconds} ms is no time to wait`);
  }
  return milliseconds;
}
