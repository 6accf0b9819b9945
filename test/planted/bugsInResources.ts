import type { PlantedBug } from "./plantedBug";

const link = "test/contract/link.test.ts";
const elsewhere = "test/contract/linkElsewhere.test.ts";

/** Of what a resource does with a decision: provider/resources. */
export const bugsInResources: readonly PlantedBug[] = [
  {
    breaks: 1,
    bug: "a certificate were retired although the service's clock says something else",
    file: "provider/resources/link/linkWork.ts",
    code: "    if (step.becauseOfTime) {",
    becomes: '    if (step.becauseOfTime && step.thumbprint === "") {',
    caughtBy: [{ file: link, test: "clock" }],
  },
  {
    breaks: 2,
    bug: "the private key were no secret",
    file: "provider/resources/certificate/managementCertificateDefinition.ts",
    code: '  secretOutputs: ["privateKeyPem"],',
    becomes: "  secretOutputs: [],",
    caughtBy: [{ file: "provider/hosts/dynamic.test.ts", test: "marks the private key as a secret" }],
  },
  {
    breaks: 3,
    bug: "a link's diff asked for a listing",
    file: "provider/resources/link/certificateLink.ts",
    code: "  const wanted = linkCertificateOf(inputs, context).certificate;\n",
    becomes: "  const wanted = linkCertificateOf(inputs, context).certificate;\n  void context.listings.get(door);\n",
    caughtBy: [{ file: "provider/resources/offline.test.ts", test: "of a link touches no network" }],
  },
  {
    breaks: 3,
    bug: "a certificate's diff drew a die",
    file: "provider/resources/certificate/managementCertificate.ts",
    code: "  const decision = decidedOf(state, inputs, context.ports.now());\n",
    becomes:
      "  const jitterMs = context.ports.random() * 1000;\n  const decision = decidedOf(state, inputs, new Date(context.ports.now().getTime() + jitterMs));\n",
    caughtBy: [{ file: "provider/resources/offline.test.ts", test: "of a certificate touches no network" }],
  },
  {
    breaks: 4,
    bug: "what a lagging list does not show were forgotten",
    file: "provider/resources/link/linkWork.ts",
    code: "const doubtful = [...unlisted, ...foundMissing(this.#registered)];",
    becomes: "const doubtful = foundMissing(this.#registered);",
    caughtBy: [{ file: link, test: "a list that lags behind" }],
  },
  {
    breaks: 4,
    bug: "what was found missing were taken for back because a lagging list shows it",
    file: "provider/resources/link/linkWork.ts",
    code: "const doubtful = [...unlisted, ...foundMissing(this.#registered)];",
    becomes: "const doubtful = unlisted;",
    caughtBy: [{ file: elsewhere, test: "not taken for back" }],
  },
  {
    breaks: 4,
    bug: "a link looked once, and not again after its steps",
    file: "provider/resources/link/linkWork.ts",
    code: "        taken = decided.steps;\n        continue;",
    becomes: "        taken = decided.steps;\n        return this.#date();",
    caughtBy: [{ file: link, test: "the next look of the same run finds it" }],
  },
  {
    breaks: 4,
    bug: "a first registration whose answer was lost left no state",
    file: "provider/resources/link/linkWork.ts",
    code: "          onAnswerLost: () => {\n            this.#touched = true;\n          },",
    becomes: "          onAnswerLost: () => {},",
    caughtBy: [{ file: link, test: "leaves a state, so that the link can be removed" }],
  },
  {
    breaks: 4,
    bug: "an upload were recorded only after it was read back",
    file: "provider/resources/link/linkWork.ts",
    code: '    this.#remember(thumbprint, "created", added.requestId);\n    const readBack = added.readBack ?? (await this.#work.door.get(thumbprint));',
    becomes:
      '    const readBack = added.readBack ?? (await this.#work.door.get(thumbprint));\n    this.#remember(thumbprint, "created", added.requestId);',
    caughtBy: [{ file: link, test: "" }],
  },
  {
    breaks: 4,
    bug: "a renamed link undid what its successor had done",
    file: "provider/resources/link/certificateLink.ts",
    code: "  if (context.claims.isClaimed(door, state.lineage ?? state.thumbprint)) {",
    becomes: '  if (state.lineage === "" && context.claims.isClaimed(door, state.lineage ?? state.thumbprint)) {',
    caughtBy: [{ file: link, test: "does not undo its successor" }],
  },
  {
    breaks: 6,
    bug: "a guard trusted a list that somebody read earlier",
    file: "provider/resources/link/linkWork.ts",
    code: "    const listing = await this.#work.door.list();",
    becomes: "    const listing = await this.#context.listings.get(this.#work.door);",
    caughtBy: [{ file: link, test: "" }],
  },
  {
    breaks: 6,
    bug: "revoked were a date, and not a flag",
    file: "provider/resources/certificate/certificateVersions.ts",
    code: "    notAfter: state.notAfter,\n    revoked: revoked.has(state.thumbprint),",
    becomes: "    notAfter: revoked.has(state.thumbprint) ? isoSeconds(now) : state.notAfter,\n    revoked: false,",
    caughtBy: [{ file: "provider/resources/certificate/managementCertificate.test.ts", test: "" }],
  },
  {
    breaks: 6,
    bug: "a revoked certificate that a guard kept were told as an ordinary failure",
    file: "provider/resources/link/linkErrors.ts",
    code: "  return urgentFirst.some(({ revoked }) => revoked) ? new StillOpenError(parts) : new LockOutError(parts);",
    becomes: "  return new LockOutError(parts);",
    caughtBy: [{ file: "test/contract/stillOpen.test.ts", test: "because the run signs in with it" }],
  },
  {
    breaks: 6,
    bug: "a failure before the removal did not say STILL OPEN",
    file: "provider/resources/link/linkWork.ts",
    code: "this.#open = work.registered.map(({ thumbprint }) => thumbprint).filter((one) => this.#isRevoked(one));",
    becomes: "this.#open = [];",
    caughtBy: [{ file: "test/contract/stillOpen.test.ts", test: "because the subscription can't be listed" }],
  },
  {
    breaks: 8,
    bug: "a half-done change passed for a failure that left nothing",
    file: "provider/resources/link/certificateLink.ts",
    code: "    throw new PartialChangeError(id, outputs, outcome.failure);",
    becomes: "    throw outcome.failure;",
    caughtBy: [
      { file: link, test: "" },
      { file: "test/contract/dynamicHost.test.ts", test: "" },
    ],
  },
];
