import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import ts from "typescript";
import type { EmulatorSettings } from "../../emulator/emulator";
import type { WireTarget } from "./wire";

const root = join(__dirname, "../..");

/** The emulator compiled to JavaScript in a folder of its own: a process that runs it is there in a fraction of a second. */
export class CompiledEmulator {
  readonly #folder = mkdtempSync(join(tmpdir(), "emulator-compiled-"));
  readonly #children = new Set<ChildProcess>();

  constructor() {
    for (const folder of ["emulator", "emulator/entra", "provider", "provider/certificate"]) {
      mkdirSync(join(this.#folder, folder), { recursive: true });
      for (const file of readdirSync(join(root, folder)).filter((name) => /(?<!\.test)\.ts$/.test(name))) {
        const { outputText } = ts.transpileModule(readFileSync(join(root, folder, file), "utf8"), {
          compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
        });
        writeFileSync(join(this.#folder, folder, file.replace(/ts$/, "js")), outputText);
      }
    }
  }

  /** Begins a process that starts an emulator, announces it on stdout, and serves until it is killed. */
  spawn(settings: EmulatorSettings): EmulatorProcess {
    const program = `
      require("node:module").enableCompileCache(process.argv[1]);
      require(process.argv[2]).startEmulator(JSON.parse(process.argv[3])).then(
        ({ endpoint, caCertificatePath, credentialPath, credentialThumbprint }) =>
          console.log(JSON.stringify({ endpoint, caCertificatePath, credentialPath, credentialThumbprint })),
      );`;
    const emulator = join(this.#folder, "emulator", "emulator.js");
    const child = spawn(
      process.execPath,
      ["-e", program, join(this.#folder, "cache"), emulator, JSON.stringify(settings)],
      { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NODE_PATH: join(root, "node_modules") } },
    );
    this.#children.add(child);
    return new EmulatorProcess(child);
  }

  /** Ends every process that is still there. */
  async dispose(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGKILL");
        await once(child, "exit");
      }
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export class EmulatorProcess {
  /** Rejects with what it said on stderr if it ends without having been ready. */
  readonly ready: Promise<WireTarget & { readonly credentialThumbprint: string }>;
  readonly exited: Promise<unknown>;
  readonly #child: ChildProcess;
  #said = "";

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stderr?.on("data", (chunk) => {
      this.#said += String(chunk);
    });
    this.exited = once(child, "close");
    const lines = createInterface({ input: child.stdout ?? process.stdin });
    this.ready = Promise.race([
      once(lines, "line").then(([line]) => JSON.parse(String(line))),
      this.exited.then(() => Promise.reject(new Error(`it ended: ${this.#said}`))),
    ]);
    // Whoever kills it while it starts does not wait for it to be ready.
    this.ready.catch(() => undefined);
  }

  /** As `kill -9`. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.exited;
  }

  /** What it has written to stderr. */
  get said(): string {
    return this.#said;
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  residentMegabytes(): number {
    return Number(execFileSync("ps", ["-o", "rss=", "-p", String(this.#child.pid)], { encoding: "utf8" })) / 1024;
  }
}
