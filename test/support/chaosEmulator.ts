import { type ChildProcess, spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Client } from "undici";
import { publicKeyOf } from "../../emulator/addRequest";
import type { Fault } from "../../emulator/faults";
import type { JournalEntry } from "../../emulator/journal";
import { thumbprintOf } from "../../emulator/thumbprint";
import { credentialOf, send, type WireTarget } from "../contract/wire";
import { applicationPlane } from "./chaosPlane";
import { repositoryRoot } from "./project";

export const commandLine = join(repositoryRoot, "dist/cli/main.js");

interface Ready extends WireTarget {
  readonly subscriptions: readonly string[];
  readonly tenantId: string;
  readonly administrator: { readonly appId: string };
  readonly applications: readonly { readonly objectId: string; readonly appId: string }[];
}

/** Which door of it the cases are about. */
export type PlaneName = "subscription" | "application";
/** What the path of each request has that is counted and disturbed. */
const countedPaths: Readonly<Record<PlaneName, string>> = {
  subscription: "/",
  application: applicationPlane.disturbs.pathContains ?? "",
};

interface Registered {
  readonly thumbprint: string;
  readonly der: string;
}

/** The emulator as a process that may die at any time, and comes back at the same address with the same data. */
export class EmulatorProcess {
  #process: ChildProcess;
  readonly #ready: Ready;
  readonly #folder: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #plane: PlaneName;
  #client: Client;
  /** What emulators that are dead now had served in this case. */
  #earlier: readonly JournalEntry[] = [];
  /** Entries of the living one that belong to cases before. */
  #skip = 0;

  private constructor(
    process: ChildProcess,
    ready: Ready,
    folder: string,
    environment: NodeJS.ProcessEnv,
    plane: PlaneName,
  ) {
    this.#process = process;
    this.#ready = ready;
    this.#folder = folder;
    this.#environment = environment;
    this.#plane = plane;
    this.#client = clientOf(ready);
  }

  static async start(
    folder: string,
    environment: NodeJS.ProcessEnv,
    now: Date,
    plane: PlaneName,
  ): Promise<EmulatorProcess> {
    const { process, ready } = await startProcess(folder, environment, now, 0);
    return new EmulatorProcess(process, ready, folder, environment, plane);
  }

  get ready(): Ready {
    return this.#ready;
  }

  get subscription(): string {
    return this.#ready.subscriptions[0] ?? "";
  }

  /** What it keeps of a subscription on its disk. */
  get file(): string {
    return join(this.#folder, "subscriptions", `${this.subscription}.json`);
  }

  get isDown(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  /** Everything that was asked for in this case, whichever process answered. */
  async journal(): Promise<readonly JournalEntry[]> {
    const entries = (await this.#control("GET", "/emulator/journal")) as readonly JournalEntry[];
    const counted = entries.slice(this.#skip).filter(({ path }) => path.includes(countedPaths[this.#plane]));
    return [...this.#earlier, ...counted];
  }

  /** On the door. */
  async certificates(): Promise<readonly Registered[]> {
    const path =
      this.#plane === "subscription" ? `/emulator/certificates/${this.subscription}` : this.#applicationPath();
    return (await this.#control("GET", path)) as readonly Registered[];
  }

  /** Faults meet the requests that are counted. */
  async misbehave(faults: readonly Fault[]): Promise<void> {
    const match = { pathContains: countedPaths[this.#plane] };
    await this.#control(
      "PUT",
      "/emulator/faults",
      faults.map((fault) => ({ match, ...fault })),
    );
  }

  async setClock(now: Date): Promise<void> {
    await this.#control("PUT", "/emulator/clock", { now: now.toISOString() });
  }

  /** The door as it was; what it takes for that is no part of the case that follows. */
  async reset(wanted: readonly string[], credential: string, now: Date): Promise<void> {
    await this.misbehave([]);
    await this.setClock(now);
    await (this.#plane === "subscription"
      ? this.#resetSubscription(wanted, credential)
      : this.#control("PUT", this.#applicationPath(), wanted));
    this.#earlier = [];
    this.#skip = ((await this.#control("GET", "/emulator/journal")) as readonly unknown[]).length;
  }

  async #resetSubscription(wanted: readonly string[], credential: string): Promise<void> {
    const present = await this.certificates();
    for (const { thumbprint, der } of present) {
      if (thumbprint !== credential && !wanted.includes(der)) {
        await this.#service("DELETE", `/${thumbprint}`);
      }
    }
    for (const der of wanted.filter((one) => !present.some((each) => each.der === one))) {
      await this.#service("POST", "", der);
    }
  }

  #applicationPath(): string {
    return `/emulator/applications/${this.#ready.applications[0]?.objectId}`;
  }

  async kill(): Promise<void> {
    this.#earlier = await this.journal();
    this.#skip = 0;
    await this.stop();
  }

  /** @param shell commands of a POSIX shell to run first: `ulimit -f 8` */
  async restart(now: Date, shell?: string): Promise<void> {
    const port = Number(new URL(this.#ready.endpoint).port);
    this.#process = (await startProcess(this.#folder, this.#environment, now, port, shell)).process;
    this.#client = clientOf(this.#ready);
  }

  async stop(): Promise<void> {
    await this.#client.destroy();
    if (!this.isDown) {
      const ended = once(this.#process, "exit");
      this.#process.kill("SIGKILL");
      await ended;
    }
  }

  async #service(method: string, rest: string, der?: string): Promise<void> {
    const answer = await send(this.#ready, {
      method,
      path: `/${this.subscription}/certificates${rest}`,
      ...(der !== undefined && { headers: { "Content-Type": "application/xml" }, body: uploadOf(der) }),
    });
    requireSuccess(answer, `${method} ${rest}`);
  }

  /** On connections that stay open: a test that waits asks many times. */
  async #control(method: string, path: string, content?: unknown): Promise<unknown> {
    const { statusCode, body } = await this.#client.request({
      method,
      path,
      ...(content !== undefined && { body: JSON.stringify(content) }),
    });
    const text = await body.text();
    requireSuccess({ status: statusCode, body: text }, `${method} ${path}`);
    return JSON.parse(text);
  }
}

function clientOf(ready: WireTarget): Client {
  const connect = { ...credentialOf(ready), ca: readFileSync(ready.caCertificatePath) };
  return new Client(ready.endpoint, { connect });
}

function requireSuccess({ status, body }: { readonly status: number; readonly body: string }, what: string): void {
  if (status >= 300) {
    throw new Error(`${what}: ${status} ${body}`);
  }
}

function uploadOf(data: string): string {
  const der = Buffer.from(data, "base64");
  const elements = {
    SubscriptionCertificatePublicKey: publicKeyOf(new X509Certificate(der)),
    SubscriptionCertificateThumbprint: thumbprintOf(der),
    SubscriptionCertificateData: data,
  };
  const content = Object.entries(elements).map(([name, text]) => `<${name}>${text}</${name}>`);
  return `<SubscriptionCertificate xmlns="http://schemas.microsoft.com/windowsazure">${content.join("")}</SubscriptionCertificate>`;
}

async function startProcess(
  folder: string,
  environment: NodeJS.ProcessEnv,
  now: Date,
  port: number,
  shell = ":",
): Promise<{ process: ChildProcess; ready: Ready }> {
  const child = spawn(
    "sh",
    [
      "-c",
      `${shell}; exec "$0" "$@"`,
      process.execPath,
      commandLine,
      "emulator",
      "--data",
      folder,
      "--port",
      String(port),
      "--as-of",
      now.toISOString(),
    ],
    { env: environment, stdio: ["ignore", "pipe", "ignore"] },
  );
  for await (const line of createInterface({ input: child.stdout })) {
    return { process: child, ready: JSON.parse(line) as Ready };
  }
  throw new Error("the emulator ended before it was ready");
}
