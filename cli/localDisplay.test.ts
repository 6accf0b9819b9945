import { describe, expect, it } from "vitest";
import type { RunResult, Step, StepOp } from "../local-engine/events";
import { runLines, stepLine } from "./localDisplay";

const stack = "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev";
const certificate = "pulumi-nodejs:dynamic/azure-certificates:ManagementCertificate";

function step(op: StepOp, name: string, more: Partial<Step> = {}): Step {
  const type = more.type ?? certificate;
  return { op, type, name, urn: `urn:pulumi:dev::shop::${type}::${name}`, parent: stack, ...more };
}
const root: Step = { op: "same", type: "pulumi:pulumi:Stack", name: "shop-dev", urn: stack };

function result(more: Partial<RunResult>): RunResult {
  return {
    succeeded: true,
    outcome: "succeeded",
    steps: [],
    failedSteps: [],
    diagnostics: [],
    changes: {},
    outputs: {},
    ...more,
  };
}

describe("a run, as a person reads it", () => {
  it("is a tree with the reasons beside the resources they are about", () => {
    const lines = runLines(
      "preview",
      result({
        steps: [root, step("update", "pipeline"), step("same", "pipeline-1"), step("create", "new")],
        diagnostics: [
          { severity: "info", message: "pipeline: due: rotates now" },
          { severity: "warning", message: "two\nlines", urn: step("create", "new").urn },
          { severity: "info", message: "configured" },
        ],
        changes: { same: 2, update: 1, create: 1 },
        outputs: { key: "[secret]", thumbprint: "AB" },
      }),
    );
    expect(lines.join("\n")).toBe(`Previewing update:
    pulumi:pulumi:Stack shop-dev
 ~  ├─ azure-certificates:ManagementCertificate pipeline update
    │     due: rotates now
    ├─ azure-certificates:ManagementCertificate pipeline-1
 +  └─ azure-certificates:ManagementCertificate new create
          warning: two
          lines

Diagnostics:
  configured

Outputs:
    key       : "[secret]"
    thumbprint: "AB"

Resources:
      2 unchanged
    ~ 1 to update
    + 1 to create`);
  });

  it("shows a replacement as one thing, a failure as one, and says that what was done is kept", () => {
    const replaced = (["create-replacement", "replace", "delete-replaced"] as const).map((op) => step(op, "a"));
    const failed = step("update", "b");
    const text = runLines(
      "up",
      result({
        succeeded: false,
        outcome: "failed",
        steps: [root, ...replaced, failed],
        failedSteps: [failed],
        diagnostics: [{ severity: "error", message: "Update failed: no", urn: failed.urn }],
        changes: { same: 1, replace: 1 },
      }),
    ).join("\n");
    expect(text).toContain(" +- ├─ azure-certificates:ManagementCertificate a replaced\n");
    expect(text).toContain(
      " ~  └─ azure-certificates:ManagementCertificate b failed\n          error: Update failed: no",
    );
    expect(text).toContain("Failed. What was done is kept.");
  });

  it("lets no name or message move the cursor", () => {
    const text = runLines(
      "up",
      result({
        steps: [root, step("create", "evil\u001b[2K")],
        diagnostics: [{ severity: "info", message: "clear\u001b[2J" }],
      }),
    ).join("\n");
    expect(text).not.toContain("\u001b");
  });

  it("has colours where it is told that the reader is a terminal", () => {
    expect(runLines("up", result({ steps: [step("create", "a")] }), { colour: true }).join("\n")).toContain(
      "\u001b[32m",
    );
    expect(runLines("up", result({ steps: [step("create", "a")] })).join("\n")).not.toContain("\u001b");
  });
});

it("a step that has ended is one line, with its time", () => {
  expect(stepLine(step("create", "a"), "create", 1234, false, { colour: false })).toBe(
    " +  azure-certificates:ManagementCertificate a created (1.2s)",
  );
  expect(stepLine(step("update", "a"), "update", 50, true, { colour: false })).toContain("a failed (0.1s)");
});
