import type { PlantedBug } from "./plantedBug";

/** Of processes and what they leave on a disk: the hosts, the engine, the emulator, the program. */
export const bugsInProcesses: readonly PlantedBug[] = [
  {
    breaks: 1,
    bug: "a credential were handed out without a look at what its links have registered",
    file: "sdk/nodejs/credential.ts",
    code: "  if (registration === undefined || registration.missingSince !== undefined) {",
    becomes: "  if (registration?.thumbprint === door) {",
    caughtBy: [
      { file: "sdk/nodejs/credential.test.ts", test: "is not handed out" },
      { file: "test/scenarios/handingOut.test.ts", test: "is refused where a link was left out" },
    ],
  },
  {
    breaks: 2,
    bug: "diff printed the old outputs",
    file: "provider/hosts/dynamic.ts",
    code: "        const difference = resource.diff(withoutProvider(olds), withoutProvider(news), context);",
    becomes:
      "        const difference = resource.diff(withoutProvider(olds), withoutProvider(news), context);\n        process.stdout.write(JSON.stringify(olds));",
    caughtBy: [{ file: "test/scenarios/noKeyAnywhere.test.ts", test: "no key is in anything that was printed" }],
  },
  {
    breaks: 2,
    bug: "the local engine's state were readable by everybody",
    file: "local-engine/state/stackState.ts",
    code: '  const file = openSync(draft, "wx", 0o600);',
    becomes: '  const file = openSync(draft, "wx", 0o644);',
    caughtBy: [{ file: "test/scenarios/noKeyAnywhere.test.ts", test: "their owner's alone" }],
  },
  {
    breaks: 2,
    bug: "a credential travelled in a process environment",
    file: "local-engine/processes/programProcess.ts",
    code: "    environment: { ...options.environment, ...programEnvironment(project) },",
    becomes:
      '    environment: {\n      ...options.environment,\n      ...programEnvironment(project),\n      CREDENTIAL: require("node:fs").readFileSync(project.config.get("azure-certificates:clientCertificatePath")?.text ?? "/dev/null", "utf8"),\n    },',
    caughtBy: [{ file: "test/scenarios/noKeyAnywhere.test.ts", test: "no key was in the environment" }],
  },
  {
    breaks: 2,
    bug: "the emulator's files were readable by everybody",
    file: "emulator/privateFiles.ts",
    code: "    fchmodSync(file, 0o600);",
    becomes: "    fchmodSync(file, 0o644);",
    caughtBy: [
      { file: "emulator/identity.test.ts", test: "" },
      { file: "emulator/store.test.ts", test: "" },
    ],
  },
  {
    breaks: 4,
    bug: "a provider went on although its engine is gone",
    file: "provider/hosts/engineWatch.ts",
    code: "    if (this.#address !== null && !(await accepts(this.#address))) {",
    becomes: "    if (this.#address?.port === 0 && !(await accepts(this.#address))) {",
    caughtBy: [
      { file: "provider/hosts/engineWatch.test.ts", test: "" },
      { file: "test/scenarios/orphan.test.ts", test: "makes no further change" },
    ],
  },
  {
    breaks: 4,
    bug: "a plugin whose engine was killed went on for ever",
    file: "provider/hosts/plugin/main.ts",
    code: "endAfterEngine(engine);\n\n",
    becomes: "\n",
    caughtBy: [{ file: "test/scenarios/orphan.test.ts", test: "(plugin)" }],
  },
  {
    breaks: 4,
    bug: "the state of a half-done change lacked __provider",
    file: "provider/hosts/dynamic.ts",
    code: 'const outputs = { ...withSecrets(error.outputs, resource.secretOutputs), __provider: news["__provider"] };',
    becomes: "const outputs = withSecrets(error.outputs, resource.secretOutputs);",
    caughtBy: [{ file: "test/contract/dynamicHost.test.ts", test: "outputs with which destroy works" }],
  },
];
