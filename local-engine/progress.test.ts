import { describe, expect, it } from "vitest";
import { Progress } from "./progress";

const progress = () => new Progress({ onEvent: () => {}, now: () => new Date(0), continueOnError: false });

describe("the outcome of a run", () => {
  it("is success where nothing went wrong", () => {
    expect(progress().outcome).toBe("succeeded");
  });

  it("is a failure where something failed", () => {
    const run = progress();
    run.fail("no room");
    expect(run.outcome).toBe("failed");
  });

  it("is a cancellation where somebody cancelled, although what was under way then fails", () => {
    const run = progress();
    run.cancel();
    run.fail("the run was cancelled while this was under way");
    expect(run.outcome).toBe("cancelled");
  });
});
