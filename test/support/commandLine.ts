import { execFile } from "node:child_process";
import { join } from "node:path";
import { repositoryRoot } from "./project";

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command as a person runs it, in a process of its own. */
export function azureCertificates(args: readonly string[], input = "", asOf?: string): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const { AZURE_CERTIFICATES_AS_OF: _, ...environment } = process.env;
  const child = execFile(
    process.execPath,
    ["--import", "tsx", join(repositoryRoot, "cli/main.ts"), ...args],
    {
      cwd: repositoryRoot,
      env: asOf === undefined ? environment : { ...environment, AZURE_CERTIFICATES_AS_OF: asOf },
    },
    (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
  );
  // It may have said what is wrong, and ended, before it read anything.
  child.stdin?.on("error", () => {});
  child.stdin?.end(input);
  return promise;
}
