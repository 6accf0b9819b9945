import type { PlantedBug } from "./plantedBug";

const link = "test/contract/link.test.ts";
const elsewhere = "test/contract/linkElsewhere.test.ts";
const wanted = "provider/rotation/wantedOnLink.test.ts";
const life = { file: "provider/rotation/lifeOfALink.test.ts", test: "keeps its promises whatever happens" };

/** Of what is decided from facts alone: provider/rotation. */
export const bugsInDecisions: readonly PlantedBug[] = [
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
    breaks: 5,
    bug: "every certificate counted as ours",
    file: "provider/rotation/linkFacts.ts",
    code: "    : observed.lineage === certificate.lineage;",
    becomes: "    : true;",
    caughtBy: [
      { file: "provider/rotation/linkProperties.test.ts", test: "never touches what is foreign" },
      { file: elsewhere, test: "foreign certificates are never touched" },
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
      { file: elsewhere, test: "is adopted, and left behind unless removeAdopted" },
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
    bug: "a current certificate that somebody removed were put back silently",
    file: "provider/rotation/linkRefusals.ts",
    code: '!isObserved(situation) && rules.whenRemovedElsewhere === "fail"',
    becomes: "!isObserved(situation) && rules.certificateLimit < 0",
    caughtBy: [{ file: elsewhere, test: "" }],
  },
  {
    breaks: 6,
    bug: "nobody noticed that the state is older than what is registered",
    file: "provider/rotation/linkRefusals.ts",
    code: "const checks: readonly Check[] = [otherBytes, stateRolledBack, revoked, removedElsewhere];",
    becomes: "const checks: readonly Check[] = [otherBytes, revoked, removedElsewhere];",
    caughtBy: [{ file: elsewhere, test: "" }],
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
    breaks: 1,
    bug: "a successor that somebody removed had given its predecessor an overlap",
    file: "provider/rotation/planLink.ts",
    code: "return [...recorded, ...unrecorded];",
    becomes: "return [...situation.registered, ...unrecorded];",
    caughtBy: [{ file: "provider/rotation/planLink.test.ts", test: "whose successor somebody removed" }],
  },
];
