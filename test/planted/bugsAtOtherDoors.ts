import type { PlantedBug } from "./plantedBug";

const keyFile = "provider/files/keyFile.test.ts";
const verify = "test/contract/verifyUsed.test.ts";
const evidence = "test/contract/evidence.test.ts";

/** Of applications, of proof by use, and of files with keys. */
export const bugsAtOtherDoors: readonly PlantedBug[] = [
  {
    breaks: 1,
    bug: "a predecessor were retired although the current key does not sign in",
    file: "provider/resources/link/linkWork.ts",
    code: "      await this.#prove(step.thumbprint);\n",
    becomes: "",
    caughtBy: [{ file: verify, test: "keeps the predecessor while the current key does not sign in" }],
  },
  {
    breaks: 2,
    bug: "a file with a key could be read by everybody",
    file: "provider/files/keyFile.ts",
    code: "export const keyFileMode = 0o600;",
    becomes: "export const keyFileMode = 0o644;",
    caughtBy: [
      { file: keyFile, test: "for their owner alone" },
      { file: "provider/resources/file/certificateFile.test.ts", test: "holds both" },
    ],
  },
  {
    breaks: 2,
    bug: "a key were written wherever a symbolic link leads",
    file: "provider/files/keyFile.ts",
    code: "    await assertNoLink(path);\n",
    becomes: "",
    caughtBy: [{ file: keyFile, test: "does not follow a symbolic link" }],
  },
  {
    breaks: 2,
    bug: "what a killed run has left of a key file stayed there",
    file: "provider/files/keyFile.ts",
    code: "    await removeLeftovers(path);\n    const temporary",
    becomes: "    const temporary",
    caughtBy: [{ file: keyFile, test: "takes away what a killed run has left" }],
  },
  {
    breaks: 5,
    bug: "a write to an application left out what is not ours",
    file: "provider/azure/keyWriting.ts",
    code: "add === null ? kept : [...kept, add]",
    becomes: "add === null ? kept : [add]",
    caughtBy: [
      { file: "test/contract/applicationLink.test.ts", test: "is sent back unchanged" },
      { file: "test/properties/twoWriters.test.ts", test: "lose no credential" },
    ],
  },
  {
    breaks: 5,
    bug: "a write to an application counted without being read back",
    file: "provider/azure/applications.ts",
    code: "await untilItMoved(at, before, decide, deadlineMs);",
    becomes: "return { requestId, settled: before };",
    caughtBy: [{ file: "test/properties/twoWriters.test.ts", test: "lose no credential" }],
  },
  {
    breaks: 4,
    bug: "what was written to an application and not read back yet were forgotten",
    file: "provider/azure/applications.ts",
    code: "        purpose.onAnswerLost();\n",
    becomes: "",
    caughtBy: [{ file: "test/contract/applicationLink.test.ts", test: "leaves a state, so that it can be taken away" }],
  },
  {
    breaks: 5,
    bug: "a key file that holds something else were written over",
    file: "provider/resources/file/certificateFile.ts",
    code: "  if (there !== null && !isOurs(there, bytes, lineage)) {",
    becomes: "  if (there !== null && bytes.length + (lineage?.length ?? 0) === 0) {",
    caughtBy: [{ file: "provider/resources/file/certificateFile.test.ts", test: "is not put over somebody else's" }],
  },
  {
    breaks: 6,
    bug: "the file that the provider signs in with were removed",
    file: "provider/resources/file/certificateFile.ts",
    code: "ownKeyPaths(configuration).some(",
    becomes: "[].some(",
    caughtBy: [
      { file: "provider/resources/file/certificateFile.test.ts", test: "that the provider signs in with stays" },
    ],
  },
  {
    breaks: 8,
    bug: "a door were opened although that could not be written down",
    file: "provider/resources/link/linkRecord.ts",
    code: "await (closesDoor ? this.#tellIfPossible(intended) : this.#tell(intended));",
    becomes: "await this.#tellIfPossible(intended);",
    caughtBy: [{ file: evidence, test: "opens nothing: the effect is not carried out" }],
  },
  {
    breaks: 6,
    bug: "the door of somebody who left waited for a disk with room",
    file: "provider/resources/link/linkWork.ts",
    code: "        await this.#closeWhatIsRevoked(plan);\n",
    becomes: "",
    caughtBy: [{ file: evidence, test: "keeps nobody's door open" }],
  },
  {
    breaks: 8,
    bug: "a line of evidence said nothing of the one before it",
    file: "provider/evidence/evidenceLine.ts",
    code: "previousHash: previous?.hash ?? null,",
    becomes: "previousHash: null,",
    caughtBy: [
      { file: "provider/evidence/verifyEvidence.test.ts", test: "is intact as it was written" },
      { file: "provider/evidence/evidence.test.ts", test: "each with the hash of the one before" },
    ],
  },
];
