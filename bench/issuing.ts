import { generateKeyPair, randomBytes, randomUUID } from "node:crypto";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";
import { drawSerialNumber, issueManagementCertificate } from "../provider/certificate/issue";
import { generateRsaKeyPair } from "../provider/certificate/keyPair";
import { managementCertificate } from "../provider/resources/certificate/managementCertificate";
import { configuredFrom, testPorts } from "../test/support/configured";
import type { Figure } from "./figure";
import { certificateWithForge, certificateWithOpenssl, hasOpenssl } from "./issuingPeers";
import { median, sum, timed } from "./statistics";

const cores = availableParallelism();
/** Two keys of the same length take anything between a third and three times the usual time: many are drawn. */
const blocks = 10;
const perBlock = 25;
const peersPerBlock = 6;
const restBlocks = 20;
const perRestBlock = 50;
const yearMs = 365 * 24 * 3_600_000;

const generate = promisify(generateKeyPair);
const context = configuredFrom({ managementEndpoint: "https://127.0.0.1:1" }, testPorts({ now: new Date() }));
const inputs = managementCertificate.check(
  { resourceName: "on-call", project: "access", stack: "prod", holders: ["alice@contoso.example"] },
  context,
).inputs;

const issueAsTheResourceDoes = (): Promise<unknown> => managementCertificate.create(inputs, context);
const drawKeyOnly = (): Promise<unknown> => generate("rsa", { modulusLength: 2048 });

/** How many certificates a second, against the keys alone and against others who make both. */
export async function measureIssuing(): Promise<readonly Figure[]> {
  const openssl = hasOpenssl();
  await Promise.all([issueAsTheResourceDoes(), drawKeyOnly(), certificateWithForge()]);
  const ours: Block[] = [];
  const keys: Block[] = [];
  const forge: Block[] = [];
  const opensslBlocks: Block[] = [];
  for (let block = 0; block < blocks; block += 1) {
    ours.push(await blockOf(perBlock, cores, issueAsTheResourceDoes));
    keys.push(await blockOf(perBlock, cores, drawKeyOnly));
    forge.push(await blockOf(peersPerBlock, 1, certificateWithForge));
    if (openssl) {
      opensslBlocks.push(await blockOf(peersPerBlock, cores, certificateWithOpenssl));
    }
  }
  const restMs = await everythingButTheKey();
  const all = blocks * perBlock;
  const interleaved = `${all} of each by turns in blocks of ${perBlock}, ${cores} at a time.`;
  return [
    {
      name: "Key generation that gets done beside the certificates, of what raw RSA-2048 gets done",
      value: median(ours.map((block, index) => keyWork(block, restMs) / keyWork(keys[index], 0))),
      unit: "times",
      goal: { atLeast: 0.95 },
      how:
        `Certificates as the resource makes them (its \`create\`) against \`generateKeyPair\` of node:crypto alone: ${interleaved} ` +
        "How long an RSA key takes is luck, so it is not keys that are counted but the processor time that went into them, in each second: all of the process's, less what everything but the key takes. Median of the pairs of blocks.",
      whenMissed:
        "The time of an RSA key scatters more than what a certificate adds to it: two runs of the same code came out at 1.10 and at 0.90.",
    },
    {
      name: "Certificates per second, against raw RSA-2048 keys per second",
      value: rate(ours) / rate(keys),
      unit: "times",
      how: `The same run, by plain counting. Luck alone moves this figure by ${percent(luck(all))} from run to run.`,
    },
    {
      name: "Everything but the key, for each certificate",
      value: restMs,
      unit: "ms",
      goal: { atMost: 1 },
      how: `Processor time for reading the key, building and signing the certificate, reading it back and its thumbprints: median of ${restBlocks} rows of ${perRestBlock}.`,
      whenMissed:
        "More than half of it is OpenSSL's first signature with a new key, for which it prepares the key; a processor that others use at the same time makes all of it slower.",
    },
    {
      name: "Certificates per second, against node-forge",
      value: rate(ours) / rate(forge),
      unit: "times",
      how: `Its own \`rsa.generateKeyPair\`, \`createCertificate\` and \`sign\`, as its README shows them: ${blocks * peersPerBlock}, by turns with ours. It makes them one after the other.`,
    },
    opensslFigure(ours, opensslBlocks),
  ];
}

function opensslFigure(ours: readonly Block[], openssl: readonly Block[]): Figure {
  return {
    name: "Certificates per second, against openssl req -x509",
    value: openssl.length === 0 ? 0 : rate(ours) / rate(openssl),
    unit: "times",
    how:
      openssl.length === 0
        ? "Skipped: there is no openssl on this machine."
        : `\`openssl req -x509 -newkey rsa:2048 -nodes\`: ${blocks * peersPerBlock} processes, ${cores} at a time, by turns with ours.`,
  };
}

/** What a number of issues in a row took. */
interface Block {
  readonly count: number;
  readonly elapsedMs: number;
  /** Of all threads. */
  readonly processorMs: number;
}

async function blockOf(count: number, concurrency: number, work: () => unknown): Promise<Block> {
  const processor = process.cpuUsage();
  let left = count;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await work();
    }
  };
  const elapsedMs = await timed(() => Promise.all(Array.from({ length: concurrency }, worker)));
  return { count, elapsedMs, processorMs: processorMsSince(processor) };
}

function processorMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function rate(block: readonly Block[]): number {
  return (sum(block.map(({ count }) => count)) / sum(block.map(({ elapsedMs }) => elapsedMs))) * 1000;
}

/** Processor time that went into keys, in each millisecond; `restMs` is what each certificate takes besides. */
function keyWork(block: Block | undefined, restMs: number): number {
  return block === undefined ? Number.NaN : (block.processorMs - block.count * restMs) / block.elapsedMs;
}

/** Standard error of the ratio of two means of `count` keys each; their times scatter by about 0.6 of the mean. */
function luck(count: number): number {
  return 0.6 * Math.sqrt(2 / count);
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** In milliseconds of processor time, which is the same on a busy machine. */
async function everythingButTheKey(): Promise<number> {
  const { privateKeyPem } = await generateRsaKeyPair(2048);
  const notBefore = new Date();
  const times = Array.from({ length: restBlocks }, () => {
    const before = process.cpuUsage();
    for (let index = 0; index < perRestBlock; index += 1) {
      issueManagementCertificate({
        privateKeyPem,
        subject: { commonName: "on-call", organization: "Contoso", organizationalUnit: "access/prod" },
        lineage: randomUUID(),
        serialNumber: drawSerialNumber(randomBytes),
        notBefore,
        notAfter: new Date(notBefore.getTime() + yearMs),
      });
    }
    return processorMsSince(before) / perRestBlock;
  });
  return median(times);
}
