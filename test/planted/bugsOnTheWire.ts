import type { PlantedBug } from "./plantedBug";

const link = "test/contract/link.test.ts";

/** Of what is said to Azure, and what is made of the answer: provider/azure. */
export const bugsOnTheWire: readonly PlantedBug[] = [
  {
    breaks: 2,
    bug: "a private key were taken from the environment",
    file: "provider/azure/configuration.ts",
    code: "    const given = fromEnvironment(key);\n    if (given !== undefined) {",
    becomes: '    const given = fromEnvironment(key);\n    if (given?.value === "") {',
    caughtBy: [{ file: "provider/azure/configuration.test.ts", test: "" }],
  },
  {
    breaks: 2,
    bug: "a socket's error were kept with all that hangs on it",
    file: "provider/azure/failure.ts",
    code: '  return Object.assign(new Error(error.message === "" ? code : error.message), { code });',
    becomes: "  return Object.assign(error, { code });",
    caughtBy: [
      {
        file: "provider/azure/failure.test.ts",
        test: "keeps the words of a socket's error and nothing that hangs on it",
      },
    ],
  },
  {
    breaks: 2,
    bug: "the service's TLS certificate were not verified",
    file: "provider/azure/clientPools.ts",
    code: "        rejectUnauthorized: true,",
    becomes: "        rejectUnauthorized: false,",
    caughtBy: [{ file: "test/contract/connection.test.ts", test: "" }],
  },
  {
    breaks: 2,
    bug: "a redirect were followed to whatever host it names",
    file: "provider/azure/exchange.ts",
    code: "      assertTrustedAddress(next, ",
    becomes: "      String(next, ",
    caughtBy: [{ file: "test/contract/connection.test.ts", test: "redirect" }],
  },
  {
    breaks: 4,
    bug: "an effect did not wait for the engine watch",
    file: "provider/azure/exchange.ts",
    code: "      await options.beforeEffect();",
    becomes: "      void options.beforeEffect().catch(() => {});",
    caughtBy: [{ file: link, test: "whose engine is gone changes nothing more" }],
  },
  {
    breaks: 4,
    bug: "adding what is there already were an error",
    file: "provider/azure/managementCertificates.ts",
    code: 'if (failure?.kind === "answer" && failure.status === 409 && (await isThere(send, at, thumbprint, der))) {',
    becomes:
      'if (failure?.kind === "answer" && failure.status === 419 && (await isThere(send, at, thumbprint, der))) {',
    caughtBy: [{ file: "test/contract/managementCertificates.test.ts", test: "" }],
  },
  {
    breaks: 4,
    bug: "a lost answer were not read back",
    file: "provider/azure/managementCertificates.ts",
    code: "        if (answerLost && (await isThere(send, at, thumbprint, der))) {",
    becomes: '        if (answerLost && thumbprint === "" && (await isThere(send, at, thumbprint, der))) {',
    caughtBy: [{ file: "test/contract/managementCertificates.test.ts", test: "" }],
  },
  {
    breaks: 8,
    bug: "any refusal counted as a proof that a certificate is gone",
    file: "provider/azure/managementCertificates.ts",
    code: 'if (failure.kind !== "answer" || failure.status !== 404 || failure.serviceCode !== "ResourceNotFound") {',
    becomes: 'if (failure.kind !== "answer" || failure.status < 400) {',
    caughtBy: [{ file: "test/contract/absence.test.ts", test: "" }],
  },
  {
    breaks: 8,
    bug: "Retry-After were ignored",
    file: "provider/azure/exchange.ts",
    code: '      retryAfterMs: retryAfterMs(header("retry-after"), serverDate, options.now()),',
    becomes: "      retryAfterMs: null,",
    caughtBy: [{ file: "test/contract/managementCertificates.test.ts", test: "" }],
  },
  {
    breaks: 8,
    bug: "each call had a throttle of its own",
    file: "provider/azure/throttle.ts",
    code: "    this.#endpoints.set(origin, endpoint);\n",
    becomes: "",
    caughtBy: [{ file: "provider/azure/throttle.test.ts", test: "" }],
  },
  {
    breaks: 8,
    bug: "the last failure alone were told, and not that it was given up",
    file: "provider/azure/transport.ts",
    code: '        gaveUp = decision.because !== "permanent";',
    becomes: "        gaveUp = false;",
    caughtBy: [{ file: "test/contract/connection.test.ts", test: "told after four attempts" }],
  },
];
