// Prints what an installation of this package brings along: how many packages, how large, and which of them run a script
// when they are installed. Reads package-lock.json and node_modules/, and writes nothing.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  bytesBelow,
  lockSchema,
  megabytes,
  nameOf,
  type Places,
  runtimeOf,
  table,
  withInstallScript,
} from "./footprintReport";

const largestShown = 5;
const root = join(__dirname, "..");
const lock = lockSchema.parse(JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")));
const runtime = runtimeOf(lock);

// An optional dependency for another system stands in the lock file and is not installed here.
const sizes = new Map(
  [...runtime.all]
    .filter((place) => existsSync(join(root, place)))
    .map((place) => [place, bytesBelow(join(root, place))] as const),
);

function row(name: string, places: Places): readonly string[] {
  const bytes = [...places].reduce((sum, place) => sum + (sizes.get(place) ?? 0), 0);
  const direct = runtime.direct.filter((dependency) => places.has(`node_modules/${dependency}`)).length;
  return [
    name,
    String(direct),
    String(places.size),
    megabytes(bytes),
    withInstallScript(lock, places).join(", ") || "none",
  ];
}

function largest(places: Places): string {
  return [...places]
    .map((place) => [place, sizes.get(place) ?? 0] as const)
    .toSorted(([, left], [, right]) => right - left)
    .slice(0, largestShown)
    .map(([place, bytes]) => `${nameOf(place)} ${megabytes(bytes)}`)
    .join(", ");
}

const built = join(root, "dist");
console.log(
  table([
    ["runtime dependencies", "direct", "in all", "installed", "with an install script"],
    row("there in every Pulumi program", runtime.withPulumi),
    row("on top, because of this package", runtime.onTop),
    row("together", runtime.all),
  ]),
);
console.log(`
the largest of all      ${largest(runtime.all)}
the largest on top      ${largest(runtime.onTop)}
the package itself      ${existsSync(built) ? megabytes(bytesBelow(built)) : "not built: run make build"}`);
