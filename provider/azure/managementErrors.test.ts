import { describe, expect, it } from "vitest";
import type { Failure } from "./failure";
import { managementError } from "./managementErrors";

const at = { endpoint: "https://management.core.windows.net", subscriptionId: "5a1f1c9e-8a1b-4a5e-9f00-000000000001" };
const context = { at, thumbprint: null, purpose: "list the subscription's management certificates", shown: [] };
const answer = (over: Partial<Extract<Failure, { kind: "answer" }>>): Failure => ({
  kind: "answer",
  status: 500,
  serviceCode: "InternalError",
  message: "Retry.",
  requestId: "rid",
  retryAfterMs: null,
  ...over,
});

describe("what a server says of itself", () => {
  it("is quoted as it is where it is a sentence", () => {
    expect(managementError(answer({ message: "Ein Fehler: ä, 日本." }), context).message).toContain(
      'The service says: "Ein Fehler: ä, 日本."',
    );
  });

  it.each([400, 401, 403, 404, 409, 429, 500, 503])(
    "never makes an error of megabytes, nor one that moves the cursor (status %i)",
    (status) => {
      const hostile = `\u001b[2J\r\n  thumbprint: FORGED\u0085\u2028${"x".repeat(1_000_000)}`;
      const { message } = managementError(
        answer({ status, message: hostile, serviceCode: hostile, requestId: hostile }),
        context,
      );
      expect(message.length).toBeLessThan(2_000);
      expect(message).not.toMatch(/[^\P{Cc}\n]/u);
      expect(message).not.toMatch(/^ +thumbprint/m);
    },
  );

  it("is bounded where the answer can't be read at all", () => {
    const failure: Failure = { kind: "unreadable", detail: "it is no XML", requestId: "r".repeat(1_000_000) };
    expect(managementError(failure, context).message.length).toBeLessThan(2_000);
  });
});
