import { createColors } from "picocolors";
import type { Diagnostic, RunResult, Step, StepOp } from "../local-engine/events";
import { harmless } from "./output";

export type Verb = "preview" | "up" | "refresh" | "destroy";

const titles: Readonly<Record<Verb, string>> = {
  preview: "Previewing update",
  up: "Updating",
  refresh: "Refreshing",
  destroy: "Destroying",
};

interface Look {
  readonly symbol: string;
  readonly preview: string;
  readonly done: string;
  readonly paint: (text: string) => string;
}

const colors = createColors(true);
const plain = (text: string): string => text;

/** Symbols and words for each op, as Pulumi's own display has them. */
const looks: Readonly<Record<StepOp, Look>> = {
  same: { symbol: " ", preview: "unchanged", done: "unchanged", paint: plain },
  create: { symbol: "+", preview: "create", done: "created", paint: colors.green },
  update: { symbol: "~", preview: "update", done: "updated", paint: colors.yellow },
  replace: { symbol: "+-", preview: "replace", done: "replaced", paint: colors.magenta },
  "create-replacement": {
    symbol: "++",
    preview: "create replacement",
    done: "created replacement",
    paint: colors.green,
  },
  "delete-replaced": { symbol: "--", preview: "delete original", done: "deleted original", paint: colors.red },
  delete: { symbol: "-", preview: "delete", done: "deleted", paint: colors.red },
  import: { symbol: "=", preview: "import", done: "imported", paint: colors.green },
  read: { symbol: ">", preview: "read", done: "read", paint: colors.cyan },
  discard: { symbol: "<", preview: "discard", done: "discarded", paint: colors.cyan },
  refresh: { symbol: " ", preview: "refresh", done: "refreshed", paint: plain },
};

export interface DisplayOptions {
  /** Colours, where the reader is a terminal. */
  readonly colour: boolean;
}

/** A whole run as a person reads it: the tree of resources with the reasons beside them, messages, outputs, counts. */
export function runLines(verb: Verb, result: RunResult, options: DisplayOptions = { colour: false }): string[] {
  const { beside, rest } = assignDiagnostics(result);
  const lines = [`${titles[verb]}:`, ...treeLines(verb, result, beside, options)];
  if (rest.length > 0) {
    lines.push("", "Diagnostics:", ...rest.flatMap((each) => diagnosticLines(each, "  ", options)));
  }
  const outputs = Object.entries(result.outputs);
  if (outputs.length > 0 && verb !== "destroy") {
    const width = Math.max(...outputs.map(([name]) => name.length));
    lines.push("", "Outputs:");
    for (const [name, value] of outputs) {
      lines.push(`    ${name.padEnd(width)}: ${indentRest(JSON.stringify(value, undefined, 2) ?? "", "      ")}`);
    }
  }
  lines.push("", ...summaryLines(verb, result, options));
  return lines;
}

/** One line for one step that has ended, for those who wait. */
export function stepLine(step: Step, op: StepOp, elapsedMs: number, failed: boolean, options: DisplayOptions): string {
  const look = looks[op];
  const word = failed ? "failed" : look.done;
  const seconds = (elapsedMs / 1000).toFixed(1);
  return paint(
    failed ? colors.red : look.paint,
    options,
  )(` ${look.symbol.padEnd(2)} ${shortType(step.type)} ${harmless(step.name)} ${word} (${seconds}s)`);
}

/** `azure-certificates:ManagementCertificate` says as much as `pulumi-nodejs:dynamic/azure-certificates:ManagementCertificate`. */
function shortType(type: string): string {
  return harmless(type.replace(/^pulumi-nodejs:dynamic\//, ""));
}

function paint(colour: (text: string) => string, { colour: wanted }: DisplayOptions): (text: string) => string {
  return wanted ? colour : plain;
}

/** A line that a provider printed begins with the resource's name and a colon; one from the program carries its URN. */
function assignDiagnostics(result: RunResult): { beside: Map<string, Diagnostic[]>; rest: Diagnostic[] } {
  const beside = new Map<string, Diagnostic[]>();
  const rest: Diagnostic[] = [];
  for (const diagnostic of result.diagnostics) {
    const step = result.steps.find(({ urn, name }) =>
      diagnostic.urn === undefined ? diagnostic.message.startsWith(`${name}: `) : diagnostic.urn === urn,
    );
    if (step === undefined) {
      rest.push(diagnostic);
      continue;
    }
    const message = diagnostic.message.startsWith(`${step.name}: `)
      ? diagnostic.message.slice(step.name.length + 2)
      : diagnostic.message;
    beside.set(step.urn, [...(beside.get(step.urn) ?? []), { ...diagnostic, message }]);
  }
  return { beside, rest };
}

interface Node {
  readonly step: Step;
  readonly ops: readonly StepOp[];
  readonly children: Node[];
}

function treeLines(
  verb: Verb,
  { steps, failedSteps }: RunResult,
  beside: ReadonlyMap<string, readonly Diagnostic[]>,
  options: DisplayOptions,
): string[] {
  const nodes = new Map<string, Node>();
  for (const step of steps) {
    const node = nodes.get(step.urn);
    nodes.set(step.urn, { step, ops: [...(node?.ops ?? []), step.op], children: [] });
  }
  const roots: Node[] = [];
  for (const node of nodes.values()) {
    const parent = node.step.parent === undefined ? undefined : nodes.get(node.step.parent);
    (parent?.children ?? roots).push(node);
  }
  const lines: string[] = [];
  const walk = (node: Node, prefix: string, childPrefix: string): void => {
    const look = looks[mainOp(node.ops)];
    const failed = failedSteps.some(({ urn }) => urn === node.step.urn);
    const details = node.step.details === undefined ? "" : ` [diff: ${node.step.details.join(",")}]`;
    const words = failed ? "failed" : `${wordsOf(mainOp(node.ops), verb)}${details}`;
    const text = ` ${look.symbol.padEnd(2)} ${prefix}${shortType(node.step.type)} ${harmless(node.step.name)} ${words}`;
    lines.push(paint(failed ? colors.red : look.paint, options)(text.trimEnd()));
    for (const diagnostic of beside.get(node.step.urn) ?? []) {
      lines.push(
        ...diagnosticLines(diagnostic, `    ${childPrefix}${node.children.length > 0 ? "│  " : "   "}`, options),
      );
    }
    node.children.forEach((child, index) => {
      const last = index === node.children.length - 1;
      walk(child, `${childPrefix}${last ? "└─ " : "├─ "}`, `${childPrefix}${last ? "   " : "│  "}`);
    });
  };
  for (const root of roots) {
    walk(root, "", "");
  }
  return lines;
}

function wordsOf(op: StepOp, verb: Verb): string {
  if (op === "same") {
    return "";
  }
  return verb === "preview" ? looks[op].preview : looks[op].done;
}

/** A replacement has three steps and is one thing to its reader; a refresh before an update adds nothing to it. */
function mainOp(ops: readonly StepOp[]): StepOp {
  return ops.includes("replace") ? "replace" : (ops.at(-1) ?? "same");
}

function diagnosticLines({ severity, message }: Diagnostic, indent: string, options: DisplayOptions): string[] {
  const label = severity === "error" ? "error: " : severity === "warning" ? "warning: " : "";
  const colour = severity === "error" ? colors.red : severity === "warning" ? colors.yellow : plain;
  return `${label}${message}`.split("\n").map((line) => `${indent}${paint(colour, options)(harmless(line))}`);
}

function indentRest(text: string, indent: string): string {
  return text.split("\n").join(`\n${indent}`);
}

function summaryLines(verb: Verb, result: RunResult, options: DisplayOptions): string[] {
  const lines = ["Resources:"];
  for (const [op, count] of Object.entries(result.changes) as [StepOp, number][]) {
    const look = looks[op];
    const words = op === "same" ? look.done : verb === "preview" ? `to ${look.preview}` : look.done;
    lines.push(`    ${paint(look.paint, options)(`${look.symbol.padEnd(2)}${count} ${words}`)}`);
  }
  if (lines.length === 1) {
    lines.push("      none");
  }
  if (result.outcome === "failed") {
    lines.push(
      "",
      paint(colors.red, options)(verb === "preview" ? "The preview failed." : "Failed. What was done is kept."),
    );
  }
  if (result.outcome === "cancelled") {
    lines.push(
      "",
      paint(colors.yellow, options)("Cancelled. What was done is kept; what had not begun was left alone."),
    );
  }
  return lines;
}
