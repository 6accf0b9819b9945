import { readFile } from "node:fs/promises";
import { Command, InvalidArgumentError, Option } from "commander";
import { parse } from "yaml";
import { z } from "zod";
import { DataFolderError } from "../emulator/dataFolder";
import { startEmulator } from "../emulator/emulator";
import { type Fault, readFaults } from "../emulator/faults";
import { ConfigurationError } from "../provider/errors";
import { printJson, printNote } from "./output";

interface EmulatorOptions {
  readonly port: number;
  readonly data?: string;
  readonly subscriptions?: readonly string[];
  readonly applications?: readonly string[];
  readonly certificateLimit: number;
  readonly rate?: number;
  readonly rateScope: "subscription" | "service";
  readonly faults?: string;
  readonly asOf?: Date;
}

/** `azure-certificates emulator`: serves until SIGTERM or SIGINT. One line on stdout says that it is ready, and where. */
export function emulatorCommand(): Command {
  return new Command("emulator")
    .description(
      "Azure on this machine, over HTTPS: management certificates, Entra's token endpoint, app registrations.",
    )
    .option("--port <number>", "port on 127.0.0.1; 0 takes a free one", wholeNumber(0, 65_535), 0)
    .option("--data <folder>", "keep certificates and the TLS identity in this folder over restarts")
    .option("--subscriptions <ids>", "GUIDs, with commas between them (default: one that is drawn)", guids)
    .option("--applications <names>", "app registrations, with commas between them (default: app)", names)
    .option("--certificate-limit <number>", "certificates per subscription", wholeNumber(1, 100_000), 100)
    .option("--rate <n/s>", "requests per second; more is answered with 429 (default: no limit)", rate)
    .addOption(
      new Option("--rate-scope <scope>", "who shares that limit")
        .choices(["subscription", "service"])
        .default("subscription"),
    )
    .option("--faults <file>", "a list of scripted faults, as JSON or YAML")
    .option("--as-of <date>", "stop the emulator's clock at this date, as 2027-03-01T00:00:00Z", isoDate)
    .addHelpText(
      "after",
      `
When it is ready it prints one line of JSON on stdout:
  {"endpoint":"https://127.0.0.1:PORT","publishSettingsPath":…,"caCertificatePath":…,"credentialPath":…,"subscriptions":["GUID",…],
   "tenantId":GUID,"administrator":{"objectId":GUID,"appId":GUID,…},"applications":[{"objectId":GUID,"appId":GUID,"displayName":"app"},…]}
credentialPath is a PEM file with the key and the certificate that every subscription accepts at the start, and that the
administrator signs in with, who may write all applications.
Everything else goes to stderr. It serves until SIGTERM or Ctrl-C.

A faults file, here one that loses the answer of the first upload:
  - match: { method: POST, pathContains: /certificates }
    do: { kind: reset, when: after }`,
    )
    .action(run);
}

async function run(options: EmulatorOptions): Promise<void> {
  const faults = options.faults === undefined ? [] : await readFaultsFile(options.faults);
  const emulator = await startEmulator({
    port: options.port,
    certificateLimit: options.certificateLimit,
    ...(options.data === undefined ? {} : { dataDirectory: options.data }),
    ...(options.subscriptions === undefined ? {} : { subscriptions: options.subscriptions }),
    ...(options.applications === undefined
      ? {}
      : { applications: options.applications.map((displayName) => ({ displayName })) }),
    ...(options.rate === undefined ? {} : { requestsPerSecond: options.rate }),
    rateLimitScope: options.rateScope,
    ...(options.asOf === undefined ? {} : { now: options.asOf }),
  }).catch((error: NodeJS.ErrnoException) => {
    throw inPlainWords(error, options);
  });
  emulator.misbehave(faults);
  const stopped = new Promise<void>((resolve, reject) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.once(signal, () => emulator.stop().then(resolve, reject));
    }
  });
  const { endpoint, publishSettingsPath, caCertificatePath, credentialPath, subscriptions, directory } = emulator;
  const { tenantId, administrator, applications } = directory;
  const paths = { endpoint, publishSettingsPath, caCertificatePath, credentialPath };
  const ready = { ...paths, subscriptions, tenantId, administrator, applications };
  printJson(ready, true);
  printNote(`The emulator serves ${subscriptions.length} subscription(s) at ${endpoint}; Ctrl-C stops it.`);
  await stopped;
}

function inPlainWords(error: NodeJS.ErrnoException, { port, data }: EmulatorOptions): Error {
  if (error.code === "EADDRINUSE") {
    return new ConfigurationError({
      what: `Port ${port} is taken.`,
      todo: "Choose another one, or leave --port out for a free one.",
    });
  }
  if (error instanceof DataFolderError) {
    return new ConfigurationError({
      what: `${error.message}.`,
      todo: "Put a copy of that file back, or remove the data folder to begin with nothing.",
    });
  }
  if (data !== undefined && error.syscall !== undefined && error.code !== undefined) {
    return new ConfigurationError({
      what: `The data folder ${data} can't be used: ${error.message}.`,
      todo: "Give --data a folder that you may write to.",
    });
  }
  return error;
}

async function readFaultsFile(path: string): Promise<readonly Fault[]> {
  let content: unknown;
  try {
    content = parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new ConfigurationError({
      what: `The faults file ${path} can't be read.`,
      todo: "Give --faults a file with a list of faults as JSON or YAML; --help shows one.",
      cause,
    });
  }
  const read = readFaults(content);
  if (read.problems !== null) {
    throw new ConfigurationError({
      what: `The faults file ${path} is not a list of faults:\n${read.problems.map((problem) => `  ${problem}\n`).join("")}`,
      todo: "Correct it; `azure-certificates emulator --help` shows an example.",
    });
  }
  return read.faults;
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

function guids(text: string): readonly string[] {
  const ids = text.split(",").map((id) => id.trim().toLowerCase());
  const wrong = ids.find((id) => !z.guid().safeParse(id).success);
  if (wrong !== undefined) {
    throw new InvalidArgumentError(
      `${JSON.stringify(wrong)} is no GUID, as 8d9e3ad3-1f57-4c62-9d5b-1a7c5a2f7a10 would be.`,
    );
  }
  return ids;
}

function names(text: string): readonly string[] {
  const wanted = text.split(",").map((name) => name.trim());
  if (wanted.includes("") || new Set(wanted).size < wanted.length) {
    throw new InvalidArgumentError("Each application needs a name of its own.");
  }
  return wanted;
}

function rate(text: string): number {
  const requests = Number(/^(\d+(?:\.\d+)?)\/s$/.exec(text)?.[1]);
  if (!(requests > 0)) {
    throw new InvalidArgumentError("It must be a number of requests per second, as 10/s.");
  }
  return requests;
}

function isoDate(text: string): Date {
  if (!z.iso.datetime({ offset: true }).safeParse(text).success) {
    throw new InvalidArgumentError("It must be a date with time and zone, as 2027-03-01T00:00:00Z.");
  }
  return new Date(text);
}
