/** A bug that somebody might write one day, and the tests that must then fail. */
export interface PlantedBug {
  /** The invariant of DESIGN.md that it breaks, from 1. */
  readonly breaks: number;
  /** Ends the sentence "What if …". */
  readonly bug: string;
  readonly file: string;
  /** Stands exactly once in that file. */
  readonly code: string;
  readonly becomes: string;
  /** Each must fail: the file, and words of the test's name; what runs from dist/ is built again first. */
  readonly caughtBy: readonly { readonly file: string; readonly test: string }[];
}

const link = "test/contract/link.test.ts";
const wanted = "provider/rotation/wantedOnLink.test.ts";
const life = { file: "provider/rotation/lifeOfALink.test.ts", test: "keeps its promises whatever happens" };

export const bugs: readonly PlantedBug[] = [
  {
    breaks: 1,
    bug: "what is not wanted any more were removed before the successor is added",
    file: "provider/rotation/planLink.ts",
    code: "return { steps: [...first.steps, add, ...last.steps], guarded: last.guarded };",
    becomes: "return { steps: [...first.steps, ...last.steps, add], guarded: last.guarded };",
    caughtBy: [
      { file: "provider/rotation/planLink.test.ts", test: "" },
      { file: link, test: "that failed between add and remove" },
    ],
  },
  {
    breaks: 1,
    bug: "no predecessor were wanted",
    file: "provider/rotation/wantedOnLink.ts",
    code: "    ...overlaps(certificate, registered, now).map(",
    becomes: "    ...overlaps(certificate, [], now).map(",
    caughtBy: [{ file: wanted, test: "" }, life, { file: link, test: "keeps both during the overlap" }],
  },
  {
    breaks: 1,
    bug: "an overlap counted from the rotation, not from the successor's registration on that subscription",
    file: "provider/rotation/wantedOnLink.ts",
    code: "hoursAfter(earliest(first, ...others), certificate.overlapHours)",
    becomes: "hoursAfter(certificate.current.notBefore, certificate.overlapHours)",
    caughtBy: [
      { file: wanted, test: "" },
      { file: link, test: "gives the whole overlap to a subscription that was down" },
    ],
  },
  {
    breaks: 1,
    bug: "a credential were handed out without a look at what its links have registered",
    file: "sdk/nodejs/credential.ts",
    code: "  if (registration === undefined || registration.missingSince !== undefined) {",
    becomes: "  if (registration?.thumbprint === subscriptionId) {",
    caughtBy: [
      { file: "sdk/nodejs/credential.test.ts", test: "is not handed out" },
      { file: "test/scenarios/handingOut.test.ts", test: "is refused where a link was left out" },
    ],
  },
  {
    breaks: 1,
    bug: "a certificate were retired although the service's clock says something else",
    file: "provider/resources/linkWork.ts",
    code: "    if (step.becauseOfTime) {",
    becomes: '    if (step.becauseOfTime && step.thumbprint === "") {',
    caughtBy: [{ file: link, test: "clock" }],
  },
  {
    breaks: 2,
    bug: "diff printed the old outputs",
    file: "provider/hosts/dynamic.ts",
    code: "        const difference = resource.diff(olds, withoutProvider(news), context);",
    becomes:
      "        const difference = resource.diff(olds, withoutProvider(news), context);\n        process.stdout.write(JSON.stringify(olds));",
    caughtBy: [{ file: "test/scenarios/noKeyAnywhere.test.ts", test: "no key is in anything that was printed" }],
  },
  {
    breaks: 2,
    bug: "the private key were no secret",
    file: "provider/resources/managementCertificateDefinition.ts",
    code: '  secretOutputs: ["privateKeyPem"],',
    becomes: "  secretOutputs: [],",
    caughtBy: [{ file: "provider/hosts/dynamic.test.ts", test: "marks the private key as a secret" }],
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
    breaks: 3,
    bug: "a link's diff asked for a listing",
    file: "provider/resources/subscriptionCertificateLink.ts",
    code: "  const wanted = linkCertificateOf(inputs, context).certificate;\n",
    becomes:
      "  const wanted = linkCertificateOf(inputs, context).certificate;\n  void context.listings.get({ endpoint: state.managementEndpoint, subscriptionId: state.subscriptionId });\n",
    caughtBy: [{ file: "provider/resources/offline.test.ts", test: "of a link touches no network" }],
  },
  {
    breaks: 3,
    bug: "a certificate's diff drew a die",
    file: "provider/resources/managementCertificate.ts",
    code: "  const decision = decideRotation(certificateStateOf(state), wishesOf(inputs), context.ports.now());\n",
    becomes:
      "  const jitterMs = context.ports.random() * 1000;\n  const decision = decideRotation(certificateStateOf(state), wishesOf(inputs), new Date(context.ports.now().getTime() + jitterMs));\n",
    caughtBy: [{ file: "provider/resources/offline.test.ts", test: "of a certificate touches no network" }],
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
    bug: "an effect did not wait for the engine watch",
    file: "provider/azure/exchange.ts",
    code: "      await options.beforeEffect();",
    becomes: "      void options.beforeEffect().catch(() => {});",
    caughtBy: [{ file: link, test: "whose engine is gone changes nothing more" }],
  },
  {
    breaks: 4,
    bug: "only what the state knows counted as ours",
    file: "provider/rotation/linkFacts.ts",
    code: "export function isOurs({ certificate }: LinkSituation, observed: ObservedCertificate): boolean {",
    becomes:
      "export function isOurs({ certificate, registered }: LinkSituation, observed: ObservedCertificate): boolean {\n  if (!registered.some(({ thumbprint }) => thumbprint === observed.thumbprint)) {\n    return false;\n  }",
    caughtBy: [
      life,
      { file: link, test: "leaves nothing that the next one does not find" },
      { file: "test/chaos/killAnywhere.test.ts", test: "" },
    ],
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
    breaks: 4,
    bug: "what a lagging list does not show were forgotten",
    file: "provider/resources/linkWork.ts",
    code: "      if (!listing.certificates.some((listed) => listed.thumbprint === thumbprint)) {",
    becomes: '      if (thumbprint === "") {',
    caughtBy: [{ file: link, test: "a list that lags behind" }],
  },
  {
    breaks: 4,
    bug: "a link looked once, and not again after its steps",
    file: "provider/resources/linkWork.ts",
    code: "        taken = decided.steps;\n        continue;",
    becomes: "        taken = decided.steps;\n        return this.#date();",
    caughtBy: [{ file: link, test: "the next look of the same run finds it" }],
  },
  {
    breaks: 4,
    bug: "a first registration whose answer was lost left no state",
    file: "provider/resources/linkWork.ts",
    code: "      onAnswerLost: () => {\n        this.#touched = true;\n      },",
    becomes: "      onAnswerLost: () => {},",
    caughtBy: [{ file: link, test: "leaves a state, so that the link can be removed" }],
  },
  {
    breaks: 4,
    bug: "an upload were recorded only after it was read back",
    file: "provider/resources/linkWork.ts",
    code: '    this.#remember(thumbprint, "created", added.requestId);\n    const readBack = await managementCertificates.get(this.#work.at, thumbprint);',
    becomes:
      '    const readBack = await managementCertificates.get(this.#work.at, thumbprint);\n    this.#remember(thumbprint, "created", added.requestId);',
    caughtBy: [{ file: link, test: "" }],
  },
  {
    breaks: 4,
    bug: "the state of a half-done change lacked __provider",
    file: "provider/hosts/dynamic.ts",
    code: 'const outputs = { ...withSecrets(error.outputs, resource), __provider: news["__provider"] };',
    becomes: "const outputs = withSecrets(error.outputs, resource);",
    caughtBy: [{ file: "test/contract/dynamicHost.test.ts", test: "outputs with which destroy works" }],
  },
  {
    breaks: 4,
    bug: "a renamed link undid what its successor had done",
    file: "provider/resources/subscriptionCertificateLink.ts",
    code: "  if (context.claims.isClaimed(at, state.lineage ?? state.thumbprint)) {",
    becomes: '  if (state.lineage === "" && context.claims.isClaimed(at, state.lineage ?? state.thumbprint)) {',
    caughtBy: [{ file: link, test: "does not undo its successor" }],
  },
  {
    breaks: 5,
    bug: "every certificate counted as ours",
    file: "provider/rotation/linkFacts.ts",
    code: "    : observed.lineage === certificate.lineage;",
    becomes: "    : true;",
    caughtBy: [
      { file: "provider/rotation/linkProperties.test.ts", test: "never touches what is foreign" },
      { file: link, test: "foreign certificates are never touched" },
    ],
  },
  {
    breaks: 5,
    bug: "an adopted certificate went with its link",
    file: "provider/rotation/planLink.ts",
    code: '    recordOf(situation, one)?.origin !== "created" &&\n',
    becomes: "    recordOf(situation, one) === undefined &&\n",
    caughtBy: [
      { file: "provider/rotation/planUnlink.test.ts", test: "" },
      { file: link, test: "is adopted, and left behind unless removeAdopted" },
    ],
  },
  {
    breaks: 5,
    bug: "other bytes under our thumbprint passed for our certificate",
    file: "provider/rotation/linkRefusals.ts",
    code: "one.thumbprint === thumbprint && one.sha256Fingerprint !== sha256Fingerprint",
    becomes: 'one.thumbprint === thumbprint && sha256Fingerprint === ""',
    caughtBy: [{ file: "provider/rotation/planLink.test.ts", test: "" }],
  },
  {
    breaks: 6,
    bug: "the last valid certificate could go",
    file: "provider/rotation/removals.ts",
    code: "  return isLastValid && !rules.allowLast",
    becomes: "  return isLastValid && rules.allowed.length > 99 && !rules.allowLast",
    caughtBy: [{ file: "provider/rotation/linkProperties.test.ts", test: "" }, life],
  },
  {
    breaks: 6,
    bug: "the certificate that the run signs in with could go",
    file: "provider/rotation/removals.ts",
    code: "  if (certificate.thumbprint === authenticatedWith) {",
    becomes: '  if (authenticatedWith === "") {',
    caughtBy: [
      { file: "provider/rotation/linkProperties.test.ts", test: "" },
      { file: link, test: "what the run itself signs in with stays" },
    ],
  },
  {
    breaks: 6,
    bug: "a guard trusted a list that somebody read earlier",
    file: "provider/resources/linkWork.ts",
    code: "    const listing = await managementCertificates.list(this.#work.at);",
    becomes: "    const listing = await this.#context.listings.get(this.#work.at);",
    caughtBy: [{ file: link, test: "" }],
  },
  {
    breaks: 6,
    bug: "a revoked predecessor were given its overlap",
    file: "provider/rotation/wantedOnLink.ts",
    code: "    if (revoked || now >= notAfter",
    becomes: "    if (now >= notAfter",
    caughtBy: [
      { file: wanted, test: "" },
      life,
      { file: link, test: "removes what a leaver held" },
      { file: "test/scenarios/neverLosesAccess.test.ts", test: "is not let in any more once a leaver" },
    ],
  },
  {
    breaks: 6,
    bug: "revoked were a date, and not a flag",
    file: "provider/resources/certificateVersions.ts",
    code: "    notAfter: state.notAfter,\n    revoked: revoked.has(state.thumbprint),",
    becomes: "    notAfter: revoked.has(state.thumbprint) ? isoSeconds(now) : state.notAfter,\n    revoked: false,",
    caughtBy: [{ file: "provider/resources/managementCertificate.test.ts", test: "" }],
  },
  {
    breaks: 6,
    bug: "a current certificate that somebody removed were put back silently",
    file: "provider/rotation/linkRefusals.ts",
    code: '!isObserved(situation) && rules.whenRemovedElsewhere === "fail"',
    becomes: "!isObserved(situation) && rules.certificateLimit < 0",
    caughtBy: [{ file: link, test: "" }],
  },
  {
    breaks: 6,
    bug: "a failure before the removal did not say STILL OPEN",
    file: "provider/resources/linkWork.ts",
    code: "this.#open = work.registered.map(({ thumbprint }) => thumbprint).filter((one) => this.#isRevoked(one));",
    becomes: "this.#open = [];",
    caughtBy: [{ file: "test/contract/stillOpen.test.ts", test: "because the subscription can't be listed" }],
  },
  {
    breaks: 6,
    bug: "nobody noticed that the state is older than what is registered",
    file: "provider/rotation/linkRefusals.ts",
    code: "const checks: readonly Check[] = [otherBytes, stateRolledBack, revoked, removedElsewhere];",
    becomes: "const checks: readonly Check[] = [otherBytes, revoked, removedElsewhere];",
    caughtBy: [{ file: link, test: "" }],
  },
  {
    breaks: 7,
    bug: "certificates stayed in the order of the service's list",
    file: "provider/rotation/linkFacts.ts",
    code: "  return observed.toSorted((left, right) => compareText(left.thumbprint, right.thumbprint));",
    becomes: '  return observed.toSorted(() => compareText("", ""));',
    caughtBy: [{ file: "provider/rotation/linkProperties.test.ts", test: "in whatever order the service lists" }],
  },
  {
    breaks: 7,
    bug: "a certificate that is due were not due any more once it has expired",
    file: "provider/rotation/decideRotation.ts",
    code: "  return now >= schedule.notAfter ? `it expired",
    becomes: "  return now < schedule.issuedAt ? `it expired",
    caughtBy: [{ file: "provider/rotation/rotationProperties.test.ts", test: "" }],
  },
  {
    breaks: 8,
    bug: "a half-done change passed for a failure that left nothing",
    file: "provider/resources/subscriptionCertificateLink.ts",
    code: "    throw new PartialChangeError(id, outputs, outcome.failure);",
    becomes: "    throw outcome.failure;",
    caughtBy: [
      { file: link, test: "" },
      { file: "test/contract/dynamicHost.test.ts", test: "" },
    ],
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
