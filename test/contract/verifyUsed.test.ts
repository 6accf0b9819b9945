import { afterEach, describe, expect, it } from "vitest";
import type { Fault } from "../../emulator/faults";
import type { Values } from "../../provider/resources/lifecycle";
import { certificateInput } from "../support/linkInput";
import { SmallStack } from "../support/smallStack";

let stack: SmallStack;
afterEach(() => stack.stop());

/** The run itself signs in first; whoever comes after it is refused. */
const planes: readonly {
  readonly plane: string;
  readonly link: (certificate: Values, inputs: Values) => Promise<Values>;
  readonly accepted: () => readonly string[];
  readonly refusal: Fault;
}[] = [
  {
    plane: "a subscription",
    link: (certificate, inputs) => stack.link("door", certificate, inputs),
    accepted: () => stack.registered().toSorted(),
    refusal: {
      match: { method: "GET", pathContains: "/certificates" },
      skip: 1,
      times: 5,
      do: { kind: "status", status: 403, code: "ForbiddenError", message: "not this one" },
    },
  },
  {
    plane: "an application",
    link: (certificate, inputs) => stack.applicationLink("door", certificate, inputs),
    accepted: () => stack.onApplication().toSorted(),
    refusal: {
      match: { method: "POST", pathContains: "/oauth2/v2.0/token" },
      skip: 1,
      times: 5,
      do: { kind: "status", status: 401, code: "invalid_client", message: "AADSTS700027: not this one" },
    },
  },
];

describe.each(planes)("verify: used, on $plane", ({ plane, link, accepted, refusal }) => {
  const linked = (certificate: Values, inputs: Values = {}) =>
    link(certificate, {
      verify: "used",
      certificate: { ...certificateInput(certificate), privateKeyPem: certificate["privateKeyPem"] },
      ...inputs,
    });

  async function rotated(
    holders: readonly string[] = [],
  ): Promise<{ readonly first: string; readonly second: Values }> {
    stack = await SmallStack.start("2027-01-01");
    const inputs = holders.length === 0 ? {} : { holders };
    const first = await stack.certificate("pipeline", inputs);
    await linked(first);
    stack.at("2027-09-05");
    const second = await stack.certificate("pipeline", inputs);
    await linked(second);
    return { first: String(first["thumbprint"]), second };
  }

  it("retires the predecessor once the current key has signed in", async () => {
    const { second } = await rotated();
    stack.at("2027-09-12");
    await stack.newRun();
    await linked(second);
    expect(accepted()).toEqual([second["thumbprint"]]);
  });

  it("keeps the predecessor while the current key does not sign in, says so, and goes on when it does", async () => {
    const { first, second } = await rotated();
    stack.at("2027-09-12");
    await stack.newRun();
    stack.emulator.misbehave([refusal]);
    await expect(linked(second)).rejects.toMatchObject({
      code: "ERR_NOT_USABLE",
      message: expect.stringMatching(
        new RegExp(`does not sign in to .*, so ${first.slice(0, 8)}… is not retired: .*Consumers`, "s"),
      ),
    });
    expect(accepted()).toEqual([first, String(second["thumbprint"])].toSorted());
    stack.emulator.misbehave([]);
    await stack.newRun();
    await linked(second);
    expect(accepted()).toEqual([second["thumbprint"]]);
  });

  it("removes what a leaver held all the same", async () => {
    await rotated(["alice", "bob"]);
    stack.at("2027-09-06");
    const third = await stack.certificate("pipeline", { holders: ["alice"] });
    await stack.newRun();
    // Nobody but the run itself could sign in to the directory.
    stack.emulator.misbehave(plane === "an application" ? [refusal] : []);
    stack.emulator.clearJournal();
    await linked(third);
    expect(accepted()).toEqual([third["thumbprint"]]);
    const callers = stack.emulator.journal().map(({ callerThumbprint }) => callerThumbprint);
    expect(callers).not.toContain(third["thumbprint"]);
  });

  it("needs the key", async () => {
    stack = await SmallStack.start("2027-01-01");
    const first = await stack.certificate("pipeline");
    await expect(link(first, { verify: "used" })).rejects.toThrow("verify: verify: used signs in with the key");
  });
});
