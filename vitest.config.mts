import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** For the processes that a test starts; the test's own is running already. */
const quickSdk = { NODE_OPTIONS: `--require ${join(import.meta.dirname, "test/support/quickSdk.cjs")}` };

/** Vitest begins with the largest file. These are small and take long: begun last, they would keep one core busy at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => moduleId.includes("/neverLosesAccess");
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

/** Unit tests sit beside the code; contract tests drive client and emulator; chaos breaks each of their requests; scenarios drive whole programs through an engine. */
export default defineConfig({
  test: {
    // Whole programs spend much of their time waiting for each other: one worker more than the build machine has cores.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // Names of rows are sentences, to be read to their end.
    taskTitleValueFormatTruncate: 0,
    // Nothing here keeps state in a module, so most files may share what is loaded (isolate: false).
    // Most of a scenario's time goes into loading Pulumi's SDK, once for each program and each provider that is started.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, ".tests/compiled") },
    projects: [
      {
        test: {
          name: "unit",
          include: ["{provider,sdk,local-engine,emulator,cli,scripts,bench}/**/*.test.ts"],
          testTimeout: 30_000,
          isolate: false,
        },
      },
      {
        test: { name: "contract", include: ["test/contract/**/*.test.ts"], testTimeout: 60_000, isolate: false },
      },
      {
        test: {
          name: "chaos",
          include: ["test/chaos/**/*.test.ts"],
          env: quickSdk,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "properties",
          include: ["test/properties/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "scenarios",
          include: ["test/scenarios/**/*.test.ts"],
          globalSetup: ["test/support/sayEngines.ts"],
          env: quickSdk,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
