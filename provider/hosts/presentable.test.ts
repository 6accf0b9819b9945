import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { AuthenticationError, StillOpenError } from "../errors";
import { PartialChangeError } from "../resources/lifecycle";
import { presentable } from "./presentable";

const cause = Object.assign(new Error("handshake"), { context: { key: "-----BEGIN PRIVATE KEY-----" } });
const refused = new AuthenticationError({
  what: "The service refused it.",
  todo: "Check it.",
  facts: { subscription: "one" },
  cause,
});

/** What the dynamic provider's process writes for a failed check, diff, read or delete. */
const printed = (error: Error) => `${error}: ${error.stack}`;

describe("an error as the engine prints it", () => {
  it("has the message with its facts, once", () => {
    const shown = presentable(refused, "prod");
    expect(shown.message).toBe("The service refused it. Check it.\n  subscription: one");
    expect(printed(shown)).toBe("prod: ERR_AUTHENTICATION");
  });

  it("has nothing of what its cause carries, however it is printed", () => {
    const shown = presentable(refused, "prod");
    expect([inspect(shown, { showHidden: true, depth: 9 }), printed(shown), JSON.stringify(shown)].join()).not.toMatch(
      /PRIVATE KEY|handshake|\bat /,
    );
  });

  it("has the code of what interrupted a change", () => {
    const interrupted = new PartialChangeError("id", { privateKeyPem: "secret" }, new StillOpenError({ what: "x" }));
    const shown = presentable(interrupted, "prod");
    expect(shown.message).toBe("STILL OPEN: x");
    expect(printed(shown)).toBe("prod: ERR_STILL_OPEN");
    expect(inspect(shown, { showHidden: true })).not.toContain("secret");
  });

  it("has its stack where it is a bug, and the message not twice", () => {
    const shown = presentable(new TypeError("undefined is no function"), "prod");
    expect(shown.message).toBe("undefined is no function");
    expect(printed(shown)).toMatch(/^prod: TypeError: undefined is no function\n {4}at /);
  });

  it("is an error even of what was thrown and is none", () => {
    expect(presentable("no", undefined).message).toBe("no");
    expect(printed(presentable("no", undefined))).toMatch(/^azure-certificates: Error: no/);
  });
});
