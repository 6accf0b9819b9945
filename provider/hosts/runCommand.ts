import { spawn } from "node:child_process";
import type { Ports } from "../ports";

/** What a command has no business with: the stack's configuration in plain text, its passphrase, our own credentials. */
const keptBack = /^(PULUMI_CONFIG|PULUMI_ACCESS_TOKEN|AZURE_CERTIFICATES_)/;

/** Runs commands with this environment, less what holds secrets. What they print is nobody's. */
export function commandRunner(environment: NodeJS.ProcessEnv): Ports["runCommand"] {
  return ([program = "", ...parameters], input, timeoutMs) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const child = spawn(program, parameters, {
      env: Object.fromEntries(Object.entries(environment).filter(([name]) => !keptBack.test(name))),
      shell: false,
      stdio: ["pipe", "ignore", "ignore"],
      timeout: timeoutMs,
      killSignal: "SIGKILL",
      windowsHide: true,
    });
    child.once("error", (error: NodeJS.ErrnoException) =>
      reject(new Error(`${program} can't be started (${error.code})`)),
    );
    // Not "close": what a command leaves running may hold its streams open for ever.
    child.once("exit", (code, signal) => {
      if (code === 0) {
        resolve();
      } else {
        const end =
          signal === "SIGKILL" ? `was stopped after ${timeoutMs / 1000} seconds` : `ended with ${code ?? signal}`;
        reject(new Error(`${program} ${end}`));
      }
    });
    // Whoever does not read to the end has not failed: the exit code says that.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    return promise;
  };
}
