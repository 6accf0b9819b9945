import { describe, expect, it } from "vitest";
import { problemWithNode } from "./supportedNode";

describe("the command", () => {
  it.each(["22.19.0", "22.20.5", "23.0.0", "24.1.0", "100.0.0"])("runs on Node.js %s", (version) => {
    expect(problemWithNode(version)).toBeNull();
  });

  it.each(["22.18.9", "20.19.0", "18.0.0", "9.99.0"])(
    "names itself and the version it needs on Node.js %s",
    (version) => {
      expect(problemWithNode(version)).toContain(
        `azure-certificates needs Node.js 22.19 or newer, and this is ${version}`,
      );
    },
  );
});
