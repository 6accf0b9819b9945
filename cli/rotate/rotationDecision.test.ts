import { describe, expect, it } from "vitest";
import type { RunStep } from "../stackRunner/stackRunner";
import { type Aftermath, decide, exitCodeOf, type RotationWishes } from "./rotationDecision";
import type { RotationPlan } from "./rotationPlan";

const urn = "urn:pulumi:prod::access::azure-certificates:index:SubscriptionCertificateLink::alice/prod";
const type = "azure-certificates:index:SubscriptionCertificateLink";
const removal: RunStep = {
  operation: "delete",
  urn,
  type,
  name: "alice/prod",
  reasons: [],
  failed: false,
  leftover: false,
};
const creation: RunStep = { ...removal, operation: "create" };
const date = new Date("2027-09-01T00:00:00Z");

const quiet: RotationPlan = { due: [], follows: [], others: [], unsettled: [], targets: [] };
const due: RotationPlan = {
  ...quiet,
  due: [{ urn, name: "alice", since: null, what: ["rotates now"] }],
  targets: [urn],
};
const leftToPeople: RotationPlan["unsettled"] = [
  { date, kind: "interrupted", urn, what: "was stopped", thumbprint: null, door: null },
];

const look: RotationWishes = { apply: false, onlyDue: false, allowDeletes: false };
const all: RotationWishes = { ...look, apply: true };
const onlyDue: RotationWishes = { ...all, onlyDue: true };
const allowed: RotationWishes = { ...all, allowDeletes: true };
const done: Aftermath = { succeeded: true, stillDue: 0 };

describe("what is done about a plan, and how it exits", () => {
  it.each<{ what: string; plan: RotationPlan; wishes: RotationWishes; kind: string; after?: Aftermath; exit: number }>([
    { what: "nothing is due", plan: quiet, wishes: look, kind: "nothing", exit: 0 },
    { what: "nothing is due, to be applied", plan: quiet, wishes: all, kind: "nothing", exit: 0 },
    {
      what: "nothing is due, but the program has changed",
      plan: { ...quiet, others: [removal, creation] },
      wishes: allowed,
      kind: "nothing",
      exit: 0,
    },
    {
      what: "something for people",
      plan: { ...quiet, unsettled: leftToPeople },
      wishes: look,
      kind: "nothing",
      exit: 2,
    },
    {
      what: "something for people, to be applied",
      plan: { ...quiet, unsettled: leftToPeople },
      wishes: onlyDue,
      kind: "nothing",
      exit: 3,
    },
    { what: "something is due", plan: due, wishes: look, kind: "report", exit: 2 },
    {
      what: "a removal beside it, only looked at",
      plan: { ...due, others: [removal] },
      wishes: look,
      kind: "report",
      exit: 2,
    },
    { what: "something is due and is done", plan: due, wishes: all, kind: "apply", after: done, exit: 0 },
    {
      what: "a creation beside it",
      plan: { ...due, others: [creation] },
      wishes: all,
      kind: "apply",
      after: done,
      exit: 0,
    },
    {
      what: "a removal beside it",
      plan: { ...due, others: [creation, removal] },
      wishes: all,
      kind: "refuse",
      exit: 1,
    },
    {
      what: "a removal that is meant",
      plan: { ...due, others: [removal] },
      wishes: allowed,
      kind: "apply",
      after: done,
      exit: 0,
    },
    {
      what: "a removal that is left alone",
      plan: { ...due, others: [removal] },
      wishes: onlyDue,
      kind: "apply",
      after: done,
      exit: 0,
    },
    {
      what: "an update that failed",
      plan: due,
      wishes: onlyDue,
      kind: "apply",
      after: { succeeded: false, stillDue: 0 },
      exit: 3,
    },
    {
      what: "an update after which something is due",
      plan: due,
      wishes: all,
      kind: "apply",
      after: { succeeded: true, stillDue: 1 },
      exit: 3,
    },
  ])("$what: $kind, $exit", ({ plan, wishes, kind, after = null, exit }) => {
    const decision = decide(plan, wishes);
    expect(decision.kind).toBe(kind);
    expect(exitCodeOf(decision, wishes, after)).toBe(exit);
  });

  it("aims at what is due with --only-due, at the whole stack without", () => {
    expect(decide(due, onlyDue)).toEqual({ kind: "apply", targets: [urn] });
    expect(decide(due, all)).toEqual({ kind: "apply", targets: null });
  });

  it("names what it refuses to take away", () => {
    expect(decide({ ...due, others: [creation, removal] }, all)).toEqual({ kind: "refuse", removals: [removal] });
  });
});
