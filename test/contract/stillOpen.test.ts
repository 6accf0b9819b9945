import { readFileSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { SmallStack } from "../support/smallStack";

let stack: SmallStack;
afterEach(() => stack.stop());

describe("a revoked certificate that has to stay for now", () => {
  it("because the run signs in with it, is told as a door that is still open, and closed by the next run", async () => {
    stack = await SmallStack.start("2027-01-01");
    const { credentialPath } = stack.emulator;
    const administrator = readFileSync(credentialPath);
    const first = await stack.certificate("on-call", { holders: ["alice", "bob"] });
    await stack.link("prod", first);

    // Bob's own run takes Bob out.
    writeFileSync(credentialPath, `${first["privateKeyPem"]}${first["certificatePem"]}`);
    await stack.newRun();
    const second = await stack.certificate("on-call", { holders: ["alice"] });
    await expect(stack.link("prod", second)).rejects.toMatchObject({
      code: "ERR_STILL_OPEN",
      // In the guard's own words, which say what to do: not those of a removal that failed.
      message: expect.stringMatching(
        /^STILL OPEN: [0-9A-F]{8}… stays on subscription .*: this run signs in with it\. Sign in with another/,
      ),
      facts: { thumbprint: first["thumbprint"] },
    });
    expect(stack.registered()).toEqual([first["thumbprint"], second["thumbprint"]].sort());

    writeFileSync(credentialPath, administrator);
    await stack.newRun();
    await stack.link("prod", second);
    expect(stack.registered()).toEqual([second["thumbprint"]]);
  });

  const refused = { kind: "status", status: 403, code: "ForbiddenError", message: "no" } as const;
  it.each([
    ["the subscription can't be listed", { do: refused }],
    ["the successor can't be registered", { match: { method: "POST" }, do: refused }],
    ["it can't be removed", { match: { method: "DELETE" }, do: refused }],
    ["nobody can tell whether it is gone", { match: { method: "GET" }, skip: 2, do: refused }],
  ])("because %s, is told in the first words", async (_why, fault) => {
    stack = await SmallStack.start("2027-01-01");
    const first = await stack.certificate("on-call", { holders: ["alice", "bob"] });
    await stack.link("prod", first);
    const second = await stack.certificate("on-call", { holders: ["alice"] });
    stack.emulator.misbehave([fault]);
    const failure = await stack.link("prod", second).then(
      () => null,
      (error: Error) => error,
    );
    const isOpen = stack.registered().includes(String(first["thumbprint"]));
    expect(failure?.message).toMatch(isOpen ? /^STILL OPEN: the certificate is revoked/ : /^The service refused/);

    await stack.link("prod", second);
    expect(stack.registered()).toEqual([second["thumbprint"]]);
  });
});
