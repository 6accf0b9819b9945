import { type ChildProcess, spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { thumbprintOf } from "../../emulator/thumbprint";
import { defaultStateFolder, readStackState, type StackFiles, stackFiles } from "../../local-engine/state/stackState";
import { nameOf } from "../../local-engine/urn";
import type { Values } from "../../provider/resources/lifecycle";
import type { Epoch, Observation } from "./chaosChecks";
import { commandLine, EmulatorProcess, type PlaneName } from "./chaosEmulator";
import type { ChaosStack, Program } from "./chaosOperations";
import { Processes, type WriteKill } from "./chaosProcesses";
import { foreignCertificate } from "./foreignCertificate";
import { type Host, makeProject, type Project } from "./project";

/** State and door at one moment, to begin many cases from. */
export interface ProcessBeginning {
  readonly program: Program;
  readonly now: Date;
  /** The text of the state file; null: there is none. */
  readonly state: string | null;
  /** Base64 of everything on the door but the credential. */
  readonly certificates: readonly string[];
  /** Their thumbprints. */
  readonly registered: readonly string[];
  /** Outputs of everything in the state, by name. */
  readonly stored: ReadonlyMap<string, Values>;
}

/** How a run ended: with an exit code, or by a signal. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly text: string;
}

export interface EngineRun {
  readonly process: ChildProcess;
  readonly ended: Promise<Ending>;
  /** Resolves when it has printed these words, or has ended. */
  said(words: string): Promise<void>;
}

const nothing: Program = { certificates: {}, links: {} };

/** Asks for what `program.json` says. */
const programText = `
const { readFileSync } = require("node:fs");
const pulumi = require("@pulumi/pulumi");
const { ApplicationCertificateLink, ManagementCertificate, SubscriptionCertificateLink } = require("pulumi-azure-certificates");
const config = new pulumi.Config();
const [subscriptionId] = config.requireObject("subscriptions");
const appId = config.get("appId");
const { certificates, links } = JSON.parse(readFileSync(__dirname + "/program.json", "utf8"));
const made = Object.fromEntries(Object.entries(certificates).map(([name, args]) => [name, new ManagementCertificate(name, args)]));
for (const [name, certificate] of Object.entries(links)) {
  if (appId === undefined) new SubscriptionCertificateLink(name, { subscriptionId, certificate: made[certificate] });
  else new ApplicationCertificateLink(name, { appId, certificate: made[certificate] });
}
`;

/** A stack whose engine, program, provider and Azure are processes, each of which may be killed. */
export class ProcessWorld implements ChaosStack {
  readonly emulator: EmulatorProcess;
  readonly processes: Processes;
  readonly project: Project;
  readonly files: StackFiles;
  /** Somebody else's certificate, which nobody may touch. */
  readonly foreign: string;
  readonly #foreignDer: string;
  readonly #credential: string;
  readonly #directory: string;
  program: Program = nothing;
  now = new Date("2027-01-01");
  /** How the case began, and its runs so far. */
  epochs: Epoch[] = [];

  private constructor(
    emulator: EmulatorProcess,
    processes: Processes,
    project: Project,
    directory: string,
    der: Buffer,
  ) {
    this.emulator = emulator;
    this.processes = processes;
    this.project = project;
    this.#directory = directory;
    this.#foreignDer = der.toString("base64");
    this.foreign = thumbprintOf(der);
    this.files = stackFiles(join(project.directory, defaultStateFolder), project.stack);
    this.#credential = thumbprintOf(new X509Certificate(readFileSync(emulator.ready.credentialPath)).raw);
  }

  static async start({
    host = "dynamic",
    plane = "subscription",
    beside,
  }: {
    readonly host?: Host;
    readonly plane?: PlaneName;
    /** An emulator that another stack uses as well; default: one of its own. */
    readonly beside?: EmulatorProcess;
  } = {}): Promise<ProcessWorld> {
    const directory = mkdtempSync(join(tmpdir(), "azure-certificates-chaos-"));
    const processes = new Processes(directory);
    const environment = processes.environment();
    const [emulator, { der }] = await Promise.all([
      beside ?? EmulatorProcess.start(join(directory, "azure"), environment, new Date("2027-01-01"), plane),
      foreignCertificate(),
    ]);
    const { endpoint, caCertificatePath, credentialPath, subscriptions, ...entra } = emulator.ready;
    const project = await makeProject({
      host,
      program: programText,
      config: {
        "azure-certificates:managementEndpoint": endpoint,
        "azure-certificates:caCertificatePath": caCertificatePath,
        "azure-certificates:clientCertificatePath": credentialPath,
        "azure-certificates:tenantId": entra.tenantId,
        "azure-certificates:clientId": entra.administrator.appId,
        "azure-certificates:entraCertificatePath": credentialPath,
        subscriptions: JSON.stringify(subscriptions),
        ...(plane === "application" && { appId: entra.applications[0]?.appId ?? "" }),
      },
    });
    return new ProcessWorld(emulator, processes, project, directory, der);
  }

  at(date: string | Date): void {
    this.now = new Date(date);
  }

  stored(name: string): Values | undefined {
    return this.outputs().get(name);
  }

  /** What the state holds, with the journal of a run that died. @throws where it can't be read */
  outputs(): ReadonlyMap<string, Values> {
    if (existsSync(this.files.state)) {
      JSON.parse(readFileSync(this.files.state, "utf8"));
    }
    return new Map(readStackState(this.files).resources.map(({ urn, outputs }) => [nameOf(urn), outputs ?? {}]));
  }

  async succeed(): Promise<void> {
    const { code, text } = await this.run();
    if (code !== 0) {
      throw new Error(`the run failed:\n${text}`);
    }
  }

  /** One run from its beginning to its end, whatever that is. */
  async run(): Promise<Ending> {
    return (await this.startRun()).ended;
  }

  /** Starts `up`, or `destroy` where the program asks for nothing. */
  async startRun(options: { readonly killAt?: WriteKill; readonly shell?: string } = {}): Promise<EngineRun> {
    await this.emulator.setClock(this.now);
    const { links } = this.program;
    const requests = (await this.emulator.journal()).length;
    writeFileSync(join(this.project.directory, "program.json"), JSON.stringify(this.program));
    const verb = Object.keys(this.program.certificates).length === 0 ? "destroy" : "up";
    const words = ["local", verb, "--stack", this.project.stack, "--cwd", this.project.directory];
    const node = [commandLine, ...words, "--as-of", this.now.toISOString()];
    const [command, parts] =
      options.shell === undefined
        ? [process.execPath, node]
        : ["sh", ["-c", `${options.shell}; exec "$0" "$@"`, process.execPath, ...node]];
    const child = spawn(command, parts, {
      env: this.processes.environment(options.killAt),
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own, as a terminal gives to what runs in the foreground.
      detached: true,
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
    }
    const ended = once(child, "close").then(([code, signal]): Ending => {
      this.#remember(requests, links);
      return { code: code as number | null, signal: signal as NodeJS.Signals | null, text };
    });
    // Whoever killed the run may look at how it ended only later.
    ended.catch(() => {});
    const said = async (words: string) => {
      while (!text.includes(words) && child.exitCode === null) {
        await Promise.race([once(child.stderr, "data"), once(child, "close")]);
      }
    };
    return { process: child, ended, said };
  }

  /** Everything as it is now, for the checks. */
  async observe(): Promise<Observation> {
    const registered = await this.emulator.certificates();
    return {
      now: this.now,
      links: this.program.links,
      stored: this.outputs(),
      registered: registered.map(({ thumbprint }) => thumbprint).filter((one) => one !== this.#credential),
      epochs: this.epochs,
      journal: await this.emulator.journal(),
      credentialThumbprint: this.#credential,
    };
  }

  async beginningOf(before: (stack: ChaosStack) => Promise<void>): Promise<ProcessBeginning> {
    await this.begin({
      program: nothing,
      now: this.now,
      state: null,
      certificates: [this.#foreignDer],
      registered: [this.foreign],
      stored: new Map(),
    });
    await before(this);
    const present = (await this.emulator.certificates()).filter(({ thumbprint }) => thumbprint !== this.#credential);
    return {
      program: this.program,
      now: this.now,
      state: readFileSync(this.files.state, "utf8"),
      certificates: present.map(({ der }) => der),
      registered: present.map(({ thumbprint }) => thumbprint),
      stored: this.outputs(),
    };
  }

  /** @param beside what another stack has on the same subscription, as base64 */
  async begin(beginning: ProcessBeginning, beside: readonly string[] = []): Promise<void> {
    const { program, now, state, certificates } = beginning;
    this.processes.endRun();
    this.processes.forget();
    if (this.emulator.isDown) {
      await this.emulator.restart(now);
    }
    await this.emulator.reset([...certificates, ...beside], this.#credential, now);
    rmSync(join(this.project.directory, defaultStateFolder), { recursive: true, force: true });
    if (state !== null) {
      mkdirSync(join(this.project.directory, defaultStateFolder), { mode: 0o700 });
      writeFileSync(this.files.state, state, { mode: 0o600 });
    }
    this.program = program;
    this.now = now;
    this.epochs = [];
    this.#remember(0, program.links);
  }

  /** Certificates of others, as base64. */
  async moreForeign(count: number): Promise<readonly string[]> {
    const certificates = await Promise.all(Array.from({ length: count }, () => foreignCertificate()));
    return certificates.map(({ der }) => der.toString("base64"));
  }

  async stop(): Promise<void> {
    this.processes.endRun();
    await this.emulator.stop();
    this.project.remove();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #remember(requests: number, links: Program["links"]): void {
    const certificates = new Map([...this.outputs()].filter(([, outputs]) => "privateKeyPem" in outputs));
    this.epochs.push({ requests, links, certificates });
  }
}
