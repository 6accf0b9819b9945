import type { PlantedBug } from "./plantedBug";

const snapshot = "provider/resources/roster/rosterSnapshot.test.ts";
const rosterFile = "provider/rosterFile/readRoster.test.ts";
const offboardReport = "cli/offboard/report.test.ts";
const offboardStack = "cli/offboard/offboardStack.test.ts";
const offboardDoors = "test/contract/offboard.test.ts";
const year = { file: "test/scenarios/companyYear.test.ts", test: "lets in who the file says" };

/** What could go wrong when people come, move and leave. */
export const bugsAmongPeople: readonly PlantedBug[] = [
  {
    breaks: 6,
    bug: "a roster that was cut short let everybody else go",
    file: "provider/roster/guards.ts",
    code: "unexpected.length * 100 > staff.length * leaversLimitPercent",
    becomes: "unexpected.length > staff.length * leaversLimitPercent",
    caughtBy: [{ file: snapshot, test: "is refused where more than a quarter of the people would leave" }],
  },
  {
    breaks: 6,
    bug: "an empty roster let everybody go",
    file: "provider/roster/guards.ts",
    code: "stay.size === 0 &&",
    becomes: "stay.size < 0 &&",
    caughtBy: [{ file: snapshot, test: "is refused where nobody is left" }],
  },
  {
    breaks: 6,
    bug: "a subscription lost everybody who opens it, and nobody was asked",
    file: "provider/roster/guards.ts",
    code: "return holdersAfter.has(subscriptionId) || isExpected",
    becomes: "return holdersBySubscription(before).has(subscriptionId) || isExpected",
    caughtBy: [{ file: snapshot, test: "is refused where a subscription loses everybody" }],
  },
  {
    breaks: 6,
    bug: "a roster that nobody can read counted as none",
    file: "provider/resources/roster/rosterSnapshot.ts",
    code: ': "unreadable";\n}',
    becomes: ": null;\n}",
    caughtBy: [{ file: snapshot, test: "is refused where nobody can read what the roster was before" }],
  },
  {
    breaks: 6,
    bug: "what the snapshot refuses were begun before it is asked",
    file: "sdk/nodejs/rosterResources.ts",
    code: "dependsOn: [snapshot]",
    becomes: "dependsOn: []",
    caughtBy: [{ file: "test/scenarios/rosterOrder.test.ts", test: "begins nothing before its snapshot has agreed" }],
  },
  {
    breaks: 6,
    bug: "a group's key went on after somebody had left the group",
    file: "sdk/nodejs/rosterResources.ts",
    code: "            holders: [...holders],\n",
    becomes: "",
    caughtBy: [year],
  },
  {
    breaks: 6,
    bug: "half of a roster were used where the rest is wrong",
    file: "provider/rosterFile/readRoster.ts",
    code: "return problems.length > 0 || !parsed.success",
    becomes: "return !parsed.success",
    caughtBy: [{ file: rosterFile, test: "is refused" }],
  },
  {
    breaks: 6,
    bug: "the rest of a file behind --- were left out of a roster",
    file: "provider/rosterFile/readRoster.ts",
    code: "if (second !== undefined) {",
    becomes: "if (second === null) {",
    caughtBy: [{ file: rosterFile, test: "is refused" }],
  },
  {
    breaks: 6,
    bug: "a door that does not answer counted as closed for somebody who left",
    file: "cli/offboard/report.ts",
    code: 'status: "unknown" as const,',
    becomes: 'status: "absent" as const,',
    caughtBy: [
      { file: offboardReport, test: "is not known where the door could not be read" },
      { file: offboardDoors, test: "does not know what it can't read" },
    ],
  },
  {
    breaks: 6,
    bug: "a list that lags behind counted as proof that a leaver's certificate is gone",
    file: "cli/offboard/doors.ts",
    code: "[...there.values()].map(found)",
    becomes: "listing.certificates.map(found)",
    caughtBy: [{ file: offboardDoors, test: "asks for each certificate by itself" }],
  },
  {
    breaks: 6,
    bug: "somebody's own doors were closed only after the update of everything else",
    file: "cli/offboard/offboardStack.ts",
    code: "  await destroyOwn(work, leaving, mayGo);\n  const between = await exportOr(before, work);\n",
    becomes:
      "  await updated(work);\n  await destroyOwn(work, leaving, mayGo);\n  const between = await exportOr(before, work);\n",
    caughtBy: [{ file: offboardStack, test: "deletes what is theirs alone, then updates" }],
  },
  {
    breaks: 6,
    bug: "somebody whom the program keeps were shut out",
    file: "cli/offboard/offboardStack.ts",
    code: "if (stillDeclared.length > 0) {",
    becomes: "if (stillDeclared.length < 0) {",
    caughtBy: [{ file: offboardStack, test: "does nothing while the program still has them" }],
  },
  {
    breaks: 8,
    bug: "what a stack remembers and the evidence has lost were not missed",
    file: "provider/evidence/verifyEvidence.ts",
    code: ".filter(({ hash, sequence }) => sequenceOf.get(hash) !== sequence)",
    becomes: ".filter(({ hash, sequence }) => sequenceOf.get(hash) === -sequence)",
    caughtBy: [{ file: "provider/evidence/verifyEvidence.test.ts", test: "" }],
  },
  {
    breaks: 2,
    bug: "a roster with a private key in it were read like any other",
    file: "provider/rosterFile/readRoster.ts",
    code: "  if (key >= 0) {",
    becomes: "  if (key >= Number.POSITIVE_INFINITY) {",
    caughtBy: [{ file: "provider/rosterFile/readRoster.test.ts", test: "with a private key in it is refused" }],
  },
  {
    breaks: 6,
    bug: "a certificate that somebody brought could become somebody else's",
    file: "provider/resources/link/certificateLink.ts",
    code: "normaliseHolder(earlier) !== normaliseHolder(holder)",
    becomes: "false",
    caughtBy: [
      {
        file: "provider/resources/link/subscriptionCertificateLink.test.ts",
        test: "gives nobody a key that somebody else has",
      },
    ],
  },
  {
    breaks: 6,
    bug: "offboard forgot what people bring along",
    file: "cli/offboard/holdings.ts",
    code: "    ...links.flatMap((link) => broughtAlong(link, name)),\n",
    becomes: "",
    caughtBy: [
      { file: "cli/offboard/holdings.test.ts", test: "is what they brought along" },
      { file: "test/scenarios/broughtCertificates.test.ts", test: "is among what offboard closes" },
    ],
  },
  {
    breaks: 6,
    bug: "a brought certificate stayed where it had been registered before, when its holder leaves",
    file: "sdk/nodejs/rosterResources.ts",
    code: "...(path in file.pasted && { removeAdopted: true }),",
    becomes: "",
    caughtBy: [{ file: "test/scenarios/broughtCertificates.test.ts", test: "opens what the file says" }],
  },
];
