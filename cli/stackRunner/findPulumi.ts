import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const command = process.platform === "win32" ? "pulumi.exe" : "pulumi";

/** The Pulumi CLI on PATH, or else in PULUMI_HOME; undefined where there is none. */
export function findPulumi(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const folders = [
    ...(environment["PATH"] ?? "").split(delimiter),
    ...(environment["PULUMI_HOME"] ? [join(environment["PULUMI_HOME"], "bin")] : []),
  ];
  return folders
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, command))
    .find(canBeRun);
}

function canBeRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
