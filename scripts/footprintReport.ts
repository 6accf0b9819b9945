import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const names = z.record(z.string(), z.unknown()).default({});

const packageSchema = z.looseObject({
  /** An address outside of the registry, as of a repository; left out of this lock file for what is from the registry. */
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  dependencies: names,
  optionalDependencies: names,
  peerDependencies: names,
  peerDependenciesMeta: z.record(z.string(), z.looseObject({ optional: z.boolean().default(false) })).default({}),
  hasInstallScript: z.boolean().default(false),
});

/** A package-lock.json of version 2 or 3: what is installed, by its place. The root's own entry has the place "". */
export const lockSchema = z.looseObject({ packages: z.record(z.string(), packageSchema) });
export type Lock = z.infer<typeof lockSchema>;

/** A set of installed packages, by their places: `node_modules/zod`. */
export type Places = ReadonlySet<string>;

/** Every Pulumi program in Node has it, so what it brings is there without this package too. */
const pulumi = "@pulumi/pulumi";

/** What comes with the package into somebody's project. */
export interface Runtime {
  /** Named in package.json. */
  readonly direct: readonly string[];
  readonly all: Places;
  /** Those that a Pulumi program has anyway. */
  readonly withPulumi: Places;
  readonly onTop: Places;
}

export function runtimeOf(lock: Lock): Runtime {
  const direct = Object.keys(lock.packages[""]?.dependencies ?? {});
  const all = broughtBy(lock, direct);
  const withPulumi = broughtBy(lock, [pulumi]);
  return { direct, all, withPulumi, onTop: new Set([...all].filter((place) => !withPulumi.has(place))) };
}

/** @throws {Error} for a dependency that the lock file does not hold: it is not the one of this package.json. */
function broughtBy(lock: Lock, direct: readonly string[]): Places {
  const found = new Set<string>();
  const visit = (from: string, name: string, mayBeAbsent: boolean): void => {
    const place = placeOf(lock, from, name);
    const details = place === undefined ? undefined : lock.packages[place];
    if (place === undefined || details === undefined) {
      if (mayBeAbsent) {
        return;
      }
      throw new Error(
        `package-lock.json does not hold ${name}, which ${from || "this package"} needs: run npm install`,
      );
    }
    if (found.has(place)) {
      return;
    }
    found.add(place);
    for (const dependency of Object.keys(details.dependencies)) {
      visit(place, dependency, dependency in details.optionalDependencies);
    }
    for (const dependency of Object.keys(details.optionalDependencies)) {
      visit(place, dependency, true);
    }
    // npm installs what a package expects beside it, unless that is optional.
    for (const dependency of Object.keys(details.peerDependencies)) {
      if (details.peerDependenciesMeta[dependency]?.optional !== true) {
        visit(place, dependency, false);
      }
    }
  };
  for (const name of direct) {
    visit("", name, false);
  }
  return found;
}

/** As Node looks for it: inside the package, then beside it, then one level up, to the root. */
function placeOf(lock: Lock, from: string, name: string): string | undefined {
  const levels = from === "" ? [] : from.split("/node_modules/");
  return Array.from({ length: levels.length + 1 }, (_, up) => levels.slice(0, levels.length - up))
    .map((above) => [...above, ""].join("/node_modules/") || "node_modules/")
    .map((folder) => folder + name)
    .find((place) => place in lock.packages);
}

/** The packages among these that run a script of their own on the machine where they are installed. */
export function withInstallScript(lock: Lock, places: Places): readonly string[] {
  return [...places].filter((place) => lock.packages[place]?.hasInstallScript === true).map(nameOf);
}

export function nameOf(place: string): string {
  return place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length);
}

/** Bytes of the files below a folder, less what is installed inside it: that counts for itself. */
export function bytesBelow(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return entry.name === "node_modules" ? sum : sum + bytesBelow(path);
    }
    return entry.isFile() ? sum + statSync(path).size : sum;
  }, 0);
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Lines of equal cells, the first to the left and the others to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join("  "),
    )
    .join("\n");
}
