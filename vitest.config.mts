import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** For the processes that a test starts; the test's own is running already. */
const quickSdk = { NODE_OPTIONS: `--require ${join(import.meta.dirname, "test/support/quickSdk.cjs")}` };

/** Unit tests sit beside the code; contract tests drive client and emulator; chaos breaks each of their requests; scenarios drive whole programs through an engine. */
export default defineConfig({
  test: {
    // Vitest leaves one core idle by default; whole programs spend much of their time waiting for each other.
    maxWorkers: 2,
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
