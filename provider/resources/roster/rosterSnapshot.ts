import { assertMayChangeAsOf } from "../../azure/asOf";
import { InvalidInputError } from "../../errors";
import { certificatesOf } from "../../roster/access";
import { refusalsOf } from "../../roster/guards";
import type { Roster } from "../../roster/roster";
import type { Configured } from "../context";
import { defaultsOf, readValues, sameJson, validateInputs, withoutDefaults } from "../inputs";
import type { CheckFailure, CheckResult, Difference, PropertyChange, ResourceLifecycle, Values } from "../lifecycle";
import { setUnknownsAside, unknownValue } from "../unknowns";
import { changesInWords, expiriesInWords, fullnessInWords, refusalInWords } from "./rosterSentences";
import {
  type RosterSnapshotInputs,
  rosterSnapshotDefinition,
  rosterSnapshotInputs,
  rosterSnapshotState,
} from "./rosterSnapshotDefinition";

export const rosterSnapshot: ResourceLifecycle = {
  type: rosterSnapshotDefinition.type,
  secretOutputs: rosterSnapshotDefinition.secretOutputs,
  stableOutputs: [],
  check,
  diff,
  preview,
  create,
  // There is nothing out there to compare it with: what the doors hold, their links know.
  read: async (olds) => olds,
  update: async (_id, _olds, news, context) => apply(news, context),
  delete: async () => {},
  import: refuseImport,
};

function check(news: Values, { ports }: Configured, oldInputs: Values | null = null): CheckResult {
  const { known, unknown, failures } = validateInputs(rosterSnapshotInputs, news);
  const inputs = { ...withoutDefaults(defaultsOf(rosterSnapshotInputs), known), ...unknown };
  if (failures.length > 0) {
    return { inputs, failures };
  }
  if (Object.keys(unknown).length > 0) {
    const property = Object.keys(unknown).sort()[0] ?? "roster";
    const reason = "a roster has to be known in the preview: who would come and go can't be said otherwise";
    return { inputs, failures: [{ property, reason }] };
  }
  const wishes = known as RosterSnapshotInputs;
  const warnings = [...expiriesInWords(wishes.roster, ports.now()), ...fullnessInWords(wishes.roster)];
  return { inputs, failures: guardFailures(wishes, oldInputs), warnings };
}

function guardFailures(
  { roster, expected, leaversLimitPercent }: RosterSnapshotInputs,
  oldInputs: Values | null,
): readonly CheckFailure[] {
  const before = rosterBefore(oldInputs);
  if (before === "unreadable") {
    const reason =
      "what the state holds of the roster before can't be read, so nobody knows who would leave. It was not written by this version of the package, or it was edited: look at it with `pulumi stack export`";
    return [{ property: "roster", reason }];
  }
  return refusalsOf(before, roster, expected, leaversLimitPercent).map((refusal) => ({
    property: "roster",
    reason: refusalInWords(refusal, leaversLimitPercent),
  }));
}

/** Nothing that can't be read is taken for an empty roster. */
function rosterBefore(oldInputs: Values | null): Roster | null | "unreadable" {
  if (oldInputs === null) {
    return null;
  }
  const parsed = rosterSnapshotInputs.shape.roster.safeParse(oldInputs["roster"]);
  return parsed.success ? parsed.data : "unreadable";
}

function diff(olds: Values, news: Values): Difference {
  const { unknown, known } = setUnknownsAside(news);
  if (Object.keys(unknown).length > 0) {
    const reason = "who comes and goes is known only during the update";
    return { changes: Object.keys(unknown).map((property) => ({ property, reason, replaces: false })), warnings: [] };
  }
  const before = readValues(rosterSnapshotState, olds, "the state").roster;
  const { roster } = readValues(rosterSnapshotInputs, known, "the inputs");
  const sentences = changesInWords(before, roster);
  const changes = sentences.map((reason): PropertyChange => ({ property: "roster", reason, replaces: false }));
  if (sentences.length === 0 && !sameJson(before, roster)) {
    changes.push({ property: "roster", reason: "records the roster; nobody's access changes", replaces: false });
  }
  for (const property of ["expected", "leaversLimitPercent"] as const) {
    if (!sameJson(olds[property], known[property])) {
      changes.push({ property, reason: `${property} is recorded`, replaces: false });
    }
  }
  return { changes, warnings: [] };
}

function preview(_olds: Values | null, news: Values): Values {
  return Object.keys(setUnknownsAside(news).unknown).length > 0
    ? { roster: unknownValue, peopleCount: unknownValue, certificateCount: unknownValue }
    : outputsOf(news);
}

async function create(news: Values, context: Configured): Promise<{ readonly id: string; readonly outputs: Values }> {
  const outputs = await apply(news, context);
  return { id: String(outputs["resourceName"]), outputs };
}

async function apply(news: Values, context: Configured): Promise<Values> {
  await assertMayChangeAsOf(context.configuration, context.configuration.managementEndpoint);
  return outputsOf(news);
}

function outputsOf(news: Values): Values {
  const { roster, resourceName } = readValues(rosterSnapshotInputs, news, "the inputs");
  // As they are given, so that the diff sees which of them changed; the dynamic host's diff sees outputs only.
  const given = { expected: news["expected"], leaversLimitPercent: news["leaversLimitPercent"] };
  return {
    roster,
    peopleCount: roster.people.length,
    certificateCount: certificatesOf(roster).length,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    resourceName,
  };
}

async function refuseImport(): Promise<never> {
  throw new InvalidInputError("id", {
    what: "A RosterSnapshot can't be imported or looked up: it is what a roster said, and nothing out there.",
    todo: "Declare a CertificateRoster: it registers one.",
  });
}
