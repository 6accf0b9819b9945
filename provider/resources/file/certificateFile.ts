import { assertMayChangeAsOf } from "../../azure/asOf";
import { ownKeyPaths } from "../../azure/configuration";
import { isOfLineage, keyFileContent, sha256Of } from "../../certificate/keyFileContent";
import { readPemBundle } from "../../certificate/pemBundle";
import { CertificateError, InvalidInputError, KeyFileError, LockOutError } from "../../errors";
import {
  isSamePath,
  type KeyFileFound,
  keyFileMode,
  ownUid,
  readKeyFile,
  removeKeyFile,
  uidOf,
  writeKeyFile,
} from "../../files/keyFile";
import type { Configured } from "../context";
import { isoSeconds } from "../dates";
import { defaultsOf, readValues, validateInputs, withoutDefaults, withoutUndefined } from "../inputs";
import type { CheckFailure, CheckResult, Difference, PropertyChange, ResourceLifecycle, Values } from "../lifecycle";
import { setUnknownsAside, unknownValue } from "../unknowns";
import {
  type CertificateFileInputs,
  type CertificateFileState,
  certificateFileDefinition,
  certificateFileInputs,
  certificateFileState,
} from "./certificateFileDefinition";

export const certificateFile: ResourceLifecycle = {
  type: certificateFileDefinition.type,
  secretOutputs: certificateFileDefinition.secretOutputs,
  stableOutputs: ["path"],
  check,
  diff,
  preview,
  create,
  read,
  update,
  delete: remove,
  import: refuseImport,
};

// ---- check ----

function check(news: Values, context: Configured): CheckResult {
  const { known, unknown, failures } = validateInputs(certificateFileInputs, news);
  const inputs = { ...withoutDefaults(defaultsOf(certificateFileInputs), known), ...unknown };
  if (failures.length > 0) {
    return { inputs, failures };
  }
  return { inputs, failures: [...contentFailures(known, unknown), ...claim(inputs, context)] };
}

function contentFailures(known: Values, unknown: Values): readonly CheckFailure[] {
  if (known["format"] === "pem" && known["password"] !== undefined) {
    return [{ property: "password", reason: "password is for format: pfx, and this file is a PEM" }];
  }
  if ("certificatePem" in unknown || "privateKeyPem" in unknown) {
    return [];
  }
  try {
    readPemBundle(`${known["certificatePem"]}\n${known["privateKeyPem"]}`);
    return [];
  } catch (error) {
    if (error instanceof CertificateError) {
      return [{ property: "privateKeyPem", reason: error.message }];
    }
    throw error;
  }
}

/** Two resources that write one file would undo each other; and one that was renamed must not lose it to its former self. */
function claim({ path, resourceName }: Values, { claims }: Configured): readonly CheckFailure[] {
  if (path === unknownValue) {
    return [];
  }
  const other = claims.claim({ key: String(path) }, "file", String(resourceName));
  return other === null
    ? []
    : [{ property: "path", reason: `the CertificateFile ${other} of this program writes the same file` }];
}

// ---- diff ----

function diff(olds: Values, news: Values, _context: Configured): Difference {
  const state = stateOf(olds);
  const { unknown, known } = setUnknownsAside(news);
  const changes: PropertyChange[] = [];
  if (known["path"] !== undefined && known["path"] !== state.path) {
    const reason = `moves from ${state.path} to ${known["path"]}: written there before it is removed here`;
    changes.push({ property: "path", reason, replaces: true });
  }
  const open = Object.keys(unknown).filter((property) => property in certificateFileInputs.shape);
  if (open.length > 0) {
    const reason = `is written again if the key is another one, once all of its doors accept it; ${shortened(state.thumbprint)} stays in it until then`;
    changes.push({
      property: open.includes("certificatePem") ? "certificatePem" : (open[0] ?? ""),
      reason,
      replaces: false,
    });
    return { changes, warnings: [] };
  }
  const inputs = inputsOf(known);
  const { thumbprint, sha256 } = keyFileContent(inputs);
  if (thumbprint !== state.thumbprint) {
    const reason = `is written again with ${shortened(thumbprint)} in the place of ${shortened(state.thumbprint)}`;
    changes.push({ property: "certificatePem", reason, replaces: false });
  } else if (sha256 !== state.contentSha256) {
    changes.push({ property: "format", reason: "is written again in another form", replaces: false });
  }
  if ((inputs.owner ?? null) !== (state.owner ?? null)) {
    changes.push({
      property: "owner",
      reason: `is given to ${inputs.owner ?? "who runs the update"}`,
      replaces: false,
    });
  }
  if (changes.length === 0 && state.drift != null) {
    changes.push({ property: "drift", reason: `is written again, because ${state.drift}`, replaces: false });
  }
  if (changes.length === 0 && state.resourceName !== inputs.resourceName) {
    changes.push({ property: "resourceName", reason: "is recorded under its new name", replaces: false });
  }
  return { changes, warnings: [] };
}

function shortened(thumbprint: string): string {
  return `${thumbprint.slice(0, 8)}…`;
}

function preview(olds: Values | null, news: Values, context: Configured): Values {
  const { unknown, known } = setUnknownsAside(news);
  const path = unknown["path"] ?? known["path"];
  if (Object.keys(unknown).length > 0) {
    return { path, thumbprint: unknownValue, contentSha256: unknownValue, writtenAt: unknownValue };
  }
  const inputs = inputsOf(known);
  const stays =
    olds !== null && diff(olds, known, context).changes.every(({ property }) => property === "resourceName");
  const writtenAt = stays ? stateOf(olds).writtenAt : unknownValue;
  return { ...outputsOf(inputs, writtenAt, olds === null ? false : stateOf(olds).madeFolder) };
}

// ---- create, update, delete ----

async function create(news: Values, context: Configured): Promise<{ readonly id: string; readonly outputs: Values }> {
  const inputs = inputsOf(news);
  const { bytes, lineage } = keyFileContent(inputs);
  const there = await readKeyFile(inputs.path);
  if (there !== null && !isOurs(there, bytes, lineage)) {
    throw new KeyFileError({
      what: `${inputs.path} exists and holds something else, which is not overwritten.`,
      todo: "Move it away, or choose another path.",
      facts: { file: inputs.path },
    });
  }
  return { id: inputs.path, outputs: await write(inputs, false, context) };
}

async function update(_id: string, olds: Values, news: Values, context: Configured): Promise<Values> {
  return write(inputsOf(news), stateOf(olds).madeFolder, context);
}

async function write(inputs: CertificateFileInputs, madeFolder: boolean, context: Configured): Promise<Values> {
  const { ports, configuration } = context;
  await assertMayChangeAsOf(configuration, configuration.managementEndpoint);
  await ports.beforeEffect();
  const { bytes } = keyFileContent(inputs);
  const { path, owner = null } = inputs;
  const madeNow = await writeKeyFile({ path, bytes, owner, randomBytes: ports.randomBytes });
  return outputsOf(inputs, isoSeconds(ports.now()), madeFolder || madeNow);
}

async function remove(olds: Values, context: Configured): Promise<void> {
  const { ports, configuration, claims } = context;
  const state = stateOf(olds);
  if (claims.isClaimed({ key: state.path }, "file")) {
    return;
  }
  if (ownKeyPaths(configuration).some((path) => isSamePath(path, state.path))) {
    throw new LockOutError({
      what: `${state.path} is not removed: the provider signs in with it, and could take nothing else away after that.`,
      todo: "Let the provider sign in with another key first, or take the file out of the state with `pulumi state delete <urn>`.",
      facts: { file: state.path },
    });
  }
  await assertMayChangeAsOf(configuration, configuration.managementEndpoint);
  await ports.beforeEffect();
  const there = await readKeyFile(state.path);
  if (
    there !== null &&
    sha256Of(there.bytes) !== state.contentSha256 &&
    !isOfLineage(there.bytes, state.lineage ?? null)
  ) {
    throw new KeyFileError({
      what: `${state.path} is not removed: it holds something else than this stack has written.`,
      todo: "Remove it by hand if nobody needs it, or take it out of the state with `pulumi state delete <urn>`.",
      facts: { file: state.path },
    });
  }
  await removeKeyFile(state.path, { andFolder: state.madeFolder });
}

// ---- read ----

async function read(olds: Values, _context: Configured): Promise<Values> {
  const { drift: _, ...state } = stateOf(olds);
  const there = await readKeyFile(state.path);
  const drift = await driftOf(there, state);
  return withoutDefaults(defaultsOf(certificateFileState), withoutUndefined({ ...state, drift: drift ?? undefined }));
}

async function driftOf(
  there: KeyFileFound | null,
  { path, owner, contentSha256 }: CertificateFileState,
): Promise<string | null> {
  if (there === null) {
    return "it is missing";
  }
  if (sha256Of(there.bytes) !== contentSha256) {
    return "somebody changed it";
  }
  if (ownUid() === null) {
    return null;
  }
  if (there.mode !== keyFileMode) {
    return `its mode is 0${there.mode.toString(8)}`;
  }
  const uid = owner == null ? ownUid() : await uidOf(owner, path);
  return there.uid === uid ? null : `it belongs to the user ${there.uid}`;
}

async function refuseImport(): Promise<never> {
  throw new InvalidInputError("id", {
    what: "A CertificateFile can't be imported or looked up.",
    todo: "Declare it: a file of the same certificate at its path is taken over as it is.",
  });
}

// ---- values ----

function outputsOf(inputs: CertificateFileInputs, writtenAt: string, madeFolder: boolean): Values {
  const { path, owner, resourceName } = inputs;
  const { thumbprint, sha256: contentSha256, lineage } = keyFileContent(inputs);
  const state = {
    path,
    thumbprint,
    contentSha256,
    writtenAt,
    owner,
    lineage: lineage ?? undefined,
    madeFolder,
    resourceName,
  };
  return withoutDefaults(defaultsOf(certificateFileState), withoutUndefined(state));
}

/** What a run that died before its record, or one that knows a later version, has left at the path. */
function isOurs(there: KeyFileFound, bytes: Buffer, lineage: string | null): boolean {
  return there.bytes.equals(bytes) || isOfLineage(there.bytes, lineage);
}

function inputsOf(values: Values): CertificateFileInputs {
  return readValues(certificateFileInputs, values, "the inputs");
}

function stateOf(values: Values): CertificateFileState {
  return readValues(certificateFileState, values, "the state");
}
