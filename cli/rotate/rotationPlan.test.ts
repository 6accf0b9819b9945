import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Operation, RunStep } from "../stackRunner/stackRunner";
import type { DueItem } from "../whatIsDue";
import { planRotation, removals } from "./rotationPlan";

const types = {
  certificate: "pulumi-nodejs:dynamic/azure-certificates:ManagementCertificate",
  link: "azure-certificates:index:SubscriptionCertificateLink",
  file: "azure-certificates:index:CertificateFile",
  bucket: "aws:s3:Bucket",
  stack: "pulumi:pulumi:Stack",
};
type Kind = keyof typeof types;

const urnOf = (kind: Kind, name: string): string => `urn:pulumi:prod::access::${types[kind]}::${name}`;
const since = new Date("2027-09-01T00:00:00Z");

function step(kind: Kind, name: string, operation: Operation, more: Partial<RunStep> = {}): RunStep {
  const urn = urnOf(kind, name);
  return { operation, urn, type: types[kind], name, reasons: [], failed: false, leftover: false, ...more };
}

function item(kind: Kind, name: string, over: Partial<DueItem> = {}): DueItem {
  const what = "rotates with the next update";
  return { date: since, kind: "rotation", urn: urnOf(kind, name), what, thumbprint: null, door: null, ...over };
}

/** `alice` has a link on prod, whose file is read by a bucket; `bob` has a link on prod. */
const dependents: Readonly<Record<string, readonly string[]>> = {
  [urnOf("certificate", "alice")]: [urnOf("link", "alice/prod"), urnOf("file", "alice"), urnOf("bucket", "keys")],
  [urnOf("link", "alice/prod")]: [urnOf("file", "alice"), urnOf("bucket", "keys")],
  [urnOf("certificate", "bob")]: [urnOf("link", "bob/prod")],
};
const withDependents = (urns: readonly string[]): readonly string[] => [
  ...new Set(urns.flatMap((urn) => [urn, ...(dependents[urn] ?? [])])),
];

const rotates = "due: rotates now, because the renewal window opened on 2027-09-01 (notAfter 2028-01-01)";
const leaves = "due: rotates now without overlap, because bob left";

function plan(steps: readonly RunStep[], items: readonly DueItem[] = []) {
  const { due, follows, others, unsettled, targets } = planRotation({ steps, items, withDependents });
  return {
    due: due.map(({ name }) => name),
    follows: follows.map(({ name }) => name),
    others: others.map(({ operation, name }) => `${operation} ${name}`),
    unsettled: unsettled.map(({ kind }) => kind),
    targets: targets.map((urn) => urn.split("::").at(-1)),
  };
}

const nothing = { due: [], follows: [], others: [], unsettled: [], targets: [] };

describe("a preview, taken apart,", () => {
  it.each<{ what: string; steps: RunStep[]; items?: DueItem[]; expected: Partial<ReturnType<typeof plan>> }>([
    {
      what: "holds nothing where nothing changes",
      steps: [step("stack", "prod", "update"), step("certificate", "alice", "same")],
      expected: {},
    },
    {
      what: "has a rotation, its links, and what follows from them",
      steps: [
        step("certificate", "alice", "update", { reasons: [rotates] }),
        step("link", "alice/prod", "update", { reasons: ["due: registers the successor of 3F2A1B4C…"] }),
        step("file", "alice", "update"),
        step("bucket", "keys", "replace"),
        step("link", "bob/prod", "same"),
      ],
      items: [item("certificate", "alice")],
      expected: {
        due: ["alice", "alice/prod"],
        follows: ["alice", "keys"],
        targets: ["alice", "alice/prod", "alice", "keys"],
      },
    },
    {
      what: "knows a rotation that only the program asks for",
      steps: [step("certificate", "bob", "update", { reasons: [leaves] }), step("link", "bob/prod", "update")],
      expected: { due: ["bob"], follows: ["bob/prod"], targets: ["bob", "bob/prod"] },
    },
    {
      what: "believes the state where an update has no sentence",
      steps: [step("certificate", "bob", "update")],
      items: [item("certificate", "bob")],
      expected: { due: ["bob"], targets: ["bob", "bob/prod"] },
    },
    {
      what: "keeps other changes apart: of the program's certificates, and of other people's resources",
      steps: [
        step("certificate", "alice", "update", { reasons: [rotates] }),
        step("certificate", "bob", "update", { reasons: ["holders is recorded; the certificate stays as it is"] }),
        step("link", "bob/prod", "delete"),
        step("link", "carol/prod", "create"),
        step("bucket", "backups", "replace"),
      ],
      expected: {
        due: ["alice"],
        others: ["replace backups", "update bob", "delete bob/prod", "create carol/prod"],
        targets: ["alice", "alice/prod", "alice", "keys"],
      },
    },
    {
      what: "does not aim at what depends on a rotation and goes away",
      steps: [
        step("certificate", "alice", "update", { reasons: [rotates] }),
        step("link", "alice/prod", "delete"),
        step("file", "alice", "delete"),
      ],
      expected: { due: ["alice"], others: ["delete alice", "delete alice/prod"], targets: ["alice", "keys"] },
    },
    {
      what: "does not aim at a link that would be replaced, although its certificate rotates",
      steps: [step("certificate", "alice", "update", { reasons: [rotates] }), step("link", "alice/prod", "replace")],
      expected: { due: ["alice"], others: ["replace alice/prod"], targets: ["alice", "alice", "keys"] },
    },
    {
      what: "leaves to people what is due of something that the program has no more",
      steps: [step("certificate", "alice", "delete")],
      items: [item("certificate", "alice")],
      expected: { others: ["delete alice"], unsettled: ["rotation"] },
    },
    {
      what: "leaves to people what an update does nothing about",
      steps: [step("link", "alice/prod", "same")],
      items: [item("link", "alice/prod", { kind: "interrupted" }), item("link", "gone", { kind: "expiry" })],
      expected: { unsettled: ["interrupted", "expiry"] },
    },
    {
      what: "finishes what an earlier replacement left to delete",
      steps: [step("link", "alice/prod", "delete", { leftover: true })],
      items: [item("link", "alice/prod", { kind: "interrupted" })],
      expected: { due: ["alice/prod"], targets: ["alice/prod", "alice", "keys"] },
    },
    {
      what: "tries again what failed",
      steps: [step("link", "bob/prod", "update")],
      items: [item("link", "bob/prod", { kind: "failed" })],
      expected: { due: ["bob/prod"], targets: ["bob/prod"] },
    },
    {
      what: "does not take another's sentence for a rotation",
      steps: [step("bucket", "bills", "update", { reasons: ["due: on Friday"] })],
      expected: { others: ["update bills"] },
    },
  ])("$what", ({ steps, items = [], expected }) => {
    expect(plan(steps, items)).toEqual({ ...nothing, ...expected });
  });

  it("tells what and why in the provider's sentences, and since when by the state", () => {
    const known = item("certificate", "alice", { kind: "failed", what: "the last update failed: 503" });
    const steps = [step("certificate", "alice", "update", { reasons: [rotates, "warning: nearly full"] })];
    const { due } = planRotation({ steps, items: [item("certificate", "alice"), known], withDependents });
    expect(due).toEqual([
      {
        urn: urnOf("certificate", "alice"),
        name: "alice",
        since,
        what: [rotates.slice("due: ".length), "warning: nearly full", "the last update failed: 503"],
      },
    ]);
  });

  it("calls a removal what takes something away that is no rotation, nothing else", () => {
    const steps = [
      step("link", "a", "delete"),
      step("link", "b", "replace"),
      step("bucket", "c", "delete"),
      step("bucket", "d", "delete", { leftover: true }),
      step("link", "e", "create"),
      step("bucket", "f", "update"),
    ];
    expect(removals(planRotation({ steps, items: [], withDependents })).map(({ name }) => name)).toEqual([
      "a",
      "b",
      "c",
    ]);
  });

  it("puts every change into one place, and never aims at a removal", () => {
    const kinds = fc.constantFrom<Kind>("certificate", "link", "file", "bucket");
    const operations = fc.constantFrom<Operation>("same", "create", "update", "replace", "delete");
    const names = fc.constantFrom("alice", "alice/prod", "bob", "bob/prod", "keys");
    const reasons = fc.subarray([rotates, leaves, "holders is recorded"]);
    const steps = fc.uniqueArray(
      fc
        .record({ kind: kinds, name: names, operation: operations, reasons, leftover: fc.boolean() })
        .map(({ kind, name, operation, reasons: why, leftover }) =>
          step(kind, name, operation, { reasons: why, leftover }),
        ),
      { selector: ({ urn }) => urn },
    );
    const items = fc.array(fc.record({ kind: kinds, name: names }).map(({ kind, name }) => item(kind, name)));
    fc.assert(
      fc.property(steps, items, (all, due) => {
        const made = planRotation({ steps: all, items: due, withDependents });
        const placed = [...made.due, ...made.follows, ...made.others].map(({ urn }) => urn);
        expect(new Set(placed).size).toBe(placed.length);
        const changing = all.filter(({ operation }) => operation !== "same").map(({ urn }) => urn);
        expect(placed).toEqual(expect.arrayContaining(changing));
        const away = removals(made).map(({ urn }) => urn);
        expect(made.targets.filter((urn) => away.includes(urn))).toEqual([]);
        expect(made.targets).toEqual(expect.arrayContaining(made.due.map(({ urn }) => urn)));
        expect(made.due.length === 0).toBe(made.targets.length === 0);
      }),
    );
  });
});
