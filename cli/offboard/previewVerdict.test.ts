import { describe, expect, it } from "vitest";
import { certificateUrn, exportText, linkUrn, thumbprintOf } from "../../test/support/exportTexts";
import { parseStackExport } from "../stackExport";
import type { Operation, RunStep } from "../stackRunner/stackRunner";
import { whatPersonHeld } from "./holdings";
import { readKnownState } from "./knownState";
import { verdictOf } from "./previewVerdict";
import { targetsOf } from "./targets";

const production = "7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b";
const stack = {
  certificates: [
    { name: "alice", thumbprint: thumbprintOf(1), holders: ["alice"] },
    { name: "on-call", thumbprint: thumbprintOf(2), holders: ["alice", "bob"] },
    {
      name: "left",
      thumbprint: thumbprintOf(4),
      holders: ["bob"],
      previous: [{ thumbprint: thumbprintOf(3), heldBy: ["alice"] }],
    },
  ],
  links: [
    { name: "alice-prod", subscriptionId: production, lineage: "lineage-of-alice", thumbprint: thumbprintOf(1) },
    { name: "on-call-prod", subscriptionId: production, lineage: "lineage-of-on-call", thumbprint: thumbprintOf(2) },
  ],
};
const step = (urn: string, operation: Operation, reasons: readonly string[] = []): RunStep => ({
  urn,
  operation,
  reasons,
  type: "",
  name: "",
  failed: false,
  leftover: false,
});
const left = (who: string) => [
  `due: rotates now without overlap, because ${who} left; revoked: 3F2A1B4C… (${who} held it)`,
];
const gone = [step(certificateUrn("alice"), "delete"), step(linkUrn("alice-prod"), "delete")];
const sharedGoesOn = step(linkUrn("on-call-prod"), "update");
const letGo = step(certificateUrn("on-call"), "update", left("alice"));

function verdict(steps: readonly RunStep[], given: Parameters<typeof exportText>[0] = stack) {
  const exported = parseStackExport(exportText(given));
  const { stillDeclared, leaving } = verdictOf(whatPersonHeld([exported], "alice"), { steps }, exported);
  return { declared: stillDeclared.map(({ certificate }) => certificate), leaving: leaving.map(({ name }) => name) };
}

describe("a preview says that the program", () => {
  it("has let the person go: theirs is deleted, what they shared rotates because they left", () => {
    expect(verdict([...gone, letGo, sharedGoesOn])).toEqual({ declared: [], leaving: ["alice"] });
  });

  it.each([
    ["keeps their own certificate", [step(certificateUrn("alice"), "same"), step(linkUrn("alice-prod"), "same")]],
    ["rotates their own certificate on schedule", [step(certificateUrn("alice"), "update", ["due: rotates now"])]],
    [
      "replaces their own certificate",
      [step(certificateUrn("alice"), "replace"), step(linkUrn("alice-prod"), "delete")],
    ],
    ["keeps a link of it", [step(certificateUrn("alice"), "delete"), step(linkUrn("alice-prod"), "update")]],
    ["has renamed it, so that the preview shows another name", [step(certificateUrn("a.archer"), "same")]],
  ])("still declares them where it %s", (_what, steps) => {
    expect(verdict([...steps, letGo, sharedGoesOn]).declared).toEqual(["alice"]);
  });

  it.each([
    ["leaves it as it is", step(certificateUrn("on-call"), "same")],
    ["rotates it because somebody else left", step(certificateUrn("on-call"), "update", left("bob"))],
    ["changes something else of it", step(certificateUrn("on-call"), "update", ["an overlap of 1 hour is recorded"])],
  ])("still declares them in what they share where it %s", (_what, one) => {
    expect(verdict([...gone, one, sharedGoesOn]).declared).toEqual(["on-call"]);
  });

  it("hands what was theirs alone on to somebody else: the update rotates it", () => {
    const handedOn = [step(certificateUrn("alice"), "update", left("alice")), step(linkUrn("alice-prod"), "update")];
    expect(verdict([...handedOn, letGo, sharedGoesOn])).toEqual({ declared: [], leaving: [] });
  });

  it("deletes a shared certificate too, which is the end of it", () => {
    expect(verdict([...gone, step(certificateUrn("on-call"), "delete")]).declared).toEqual([]);
  });

  it("can't be asked to take them out of holders that it does not have", () => {
    const untracked = { certificates: [{ name: "old", thumbprint: thumbprintOf(1), heldBy: ["alice", "bob"] }] };
    expect(verdict([step(certificateUrn("old"), "same")], untracked).declared).toEqual([]);
  });

  it("has nothing of theirs any more after an earlier run", () => {
    const now = { certificates: [stack.certificates[2] ?? { name: "", thumbprint: "" }] };
    expect(verdict([step(certificateUrn("left"), "same")], now)).toEqual({ declared: [], leaving: [] });
  });
});

describe("a targeted destroy", () => {
  const other = "urn:pulumi:prod::access::aws:ssm/parameter:Parameter::key";
  const file = "urn:pulumi:prod::access::azure-certificates:index:CertificateFile::file";
  const resource = (urn: string, on: readonly string[]) => ({ urn, type: "x:y:Z", dependencies: on });
  const targets = (others: readonly unknown[], mayGo: readonly string[]) => {
    const state = readKnownState(exportText({ ...stack, others }), "a state");
    const holdings = whatPersonHeld([state.stack], "alice");
    const own = holdings.certificates.filter((one) => one.own);
    return targetsOf(own, holdings, state, (urn) => mayGo.includes(urn));
  };

  it("names the links and the certificate, and nothing else", () => {
    expect(targets([], [])).toEqual({ targets: [certificateUrn("alice"), linkUrn("alice-prod")], leftOut: [] });
  });

  it("takes along what depends on them where that may go", () => {
    const { targets: named } = targets([resource(file, [linkUrn("alice-prod")])], [file]);
    expect(named).toEqual([certificateUrn("alice"), linkUrn("alice-prod"), file]);
  });

  it("leaves out what something that stays depends on, and still closes the rest", () => {
    expect(targets([resource(other, [certificateUrn("alice")])], [])).toEqual({
      targets: [linkUrn("alice-prod")],
      leftOut: [certificateUrn("alice")],
    });
  });
});
