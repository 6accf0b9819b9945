import { readFileSync } from "node:fs";
import type { RosterCertificate } from "../../provider/roster/access";
import type { RosterFile } from "../../provider/roster/roster";
import { programError } from "./programError";

interface Source {
  readonly path?: string | undefined;
  readonly content?: string | undefined;
}

/** @throws RunError that names every mistake with its line and column: a roster is used whole or not at all */
export function readRosterFile(
  { path, content }: Source,
  name: string,
): { readonly file: RosterFile; readonly certificates: readonly RosterCertificate[] } {
  if ((path === undefined) === (content === undefined)) {
    throw programError(`${name}: give the CertificateRoster either the path of a roster or its content`);
  }
  // Loaded where it is needed: most programs have no roster, and a constructor can't wait for an import().
  const { readRoster } =
    require("../../provider/rosterFile/readRoster") as typeof import("../../provider/rosterFile/readRoster.js");
  const { problemsInWords } =
    require("../../provider/rosterFile/problems") as typeof import("../../provider/rosterFile/problems.js");
  const { certificatesOf } =
    require("../../provider/roster/access") as typeof import("../../provider/roster/access.js");
  const { file, problems } = readRoster(content ?? textOf(String(path), name));
  if (file === null) {
    throw programError(`${name}: ${problemsInWords(path ?? "the roster", problems)}`);
  }
  return { file, certificates: certificatesOf(file.roster) };
}

function textOf(path: string, name: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    throw programError(`${name}: the roster ${path} can't be read${code}. Nobody is removed because of that.`);
  }
}
