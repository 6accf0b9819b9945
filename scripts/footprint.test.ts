import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Lock, lockSchema, nameOf, runtimeOf, withInstallScript } from "./footprintReport";

/** What may come along besides Pulumi's own. More is a decision to take, not an accident. */
const mostOnTop = 20;

const root = join(__dirname, "..");
const lock = lockSchema.parse(JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")));
const { direct, all, withPulumi, onTop } = runtimeOf(lock);

describe("the runtime dependencies in package-lock.json", () => {
  it("are those of package.json", () => {
    const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(direct).toEqual(Object.keys(manifest.dependencies));
  });

  it("run nothing on the machine where they are installed, but for the one that Pulumi itself brings", () => {
    expect(withInstallScript(lock, onTop)).toEqual([]);
    // It compares version numbers and prints a warning; nothing is missing where scripts are switched off.
    expect(withInstallScript(lock, withPulumi)).toEqual(["protobufjs"]);
  });

  it(`are at most ${mostOnTop} besides those that every Pulumi program has`, () => {
    expect([...onTop].map(nameOf).length, [...onTop].join(" ")).toBeLessThanOrEqual(mostOnTop);
  });

  it("come from the registry and nowhere else, each with the hash of its content", () => {
    const odd = [...all].filter((place) => {
      const details = lock.packages[place];
      return details?.resolved !== undefined || details?.integrity?.startsWith("sha512-") !== true;
    });
    expect(odd).toEqual([]);
  });
});

describe("what a package brings along", () => {
  const made = (packages: Record<string, unknown>): Lock => lockSchema.parse({ packages });

  it("is found where Node would find it, with what is nested, and without what is only for development", () => {
    const runtime = runtimeOf(
      made({
        "": { dependencies: { "@pulumi/pulumi": "3", a: "1" }, devDependencies: { tool: "1" } },
        "node_modules/@pulumi/pulumi": { dependencies: { shared: "1" } },
        "node_modules/a": { dependencies: { shared: "2", b: "1" } },
        "node_modules/a/node_modules/shared": { dependencies: { b: "1" } },
        "node_modules/b": {},
        "node_modules/shared": {},
        "node_modules/tool": { hasInstallScript: true },
      }),
    );
    expect([...runtime.withPulumi]).toEqual(["node_modules/@pulumi/pulumi", "node_modules/shared"]);
    expect([...runtime.onTop].sort()).toEqual([
      "node_modules/a",
      "node_modules/a/node_modules/shared",
      "node_modules/b",
    ]);
  });

  it("holds what npm installs beside it, and an install script deep inside is named", () => {
    const lock = made({
      "": { dependencies: { "@pulumi/pulumi": "3", a: "1" } },
      "node_modules/@pulumi/pulumi": {
        peerDependencies: { typescript: "5" },
        peerDependenciesMeta: { typescript: { optional: true } },
      },
      "node_modules/a": { peerDependencies: { peer: "1" }, optionalDependencies: { absent: "1", native: "1" } },
      "node_modules/peer": { dependencies: { a: "1" } },
      "node_modules/native": { hasInstallScript: true },
      "node_modules/typescript": {},
    });
    const runtime = runtimeOf(lock);
    expect([...runtime.onTop].map(nameOf).sort()).toEqual(["a", "native", "peer"]);
    expect(withInstallScript(lock, runtime.onTop)).toEqual(["native"]);
    expect(withInstallScript(lock, runtime.withPulumi)).toEqual([]);
  });

  it("can't be told from a lock file that lacks something", () => {
    expect(() => runtimeOf(made({ "": { dependencies: { a: "1" } } }))).toThrow("package-lock.json does not hold a");
  });
});
