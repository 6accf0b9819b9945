import { afterEach, describe, expect, it } from "vitest";
import { foreignCertificate } from "../support/foreignCertificate";
import { SmallStack } from "../support/smallStack";

let stack: SmallStack;
afterEach(() => stack.stop());

describe("what somebody else did", () => {
  it("a current certificate that was removed by hand is not put back silently", async () => {
    stack = await SmallStack.start("2027-01-01");
    const first = await stack.certificate("alice");
    await stack.link("alice-prod", first);
    stack.emulator.take(stack.subscription, String(first["thumbprint"]));
    await stack.refresh("alice-prod");
    expect(stack.stored("alice-prod")?.["registered"]).toMatchObject([{ missingSince: "2027-01-01T00:00:00Z" }]);
    await expect(stack.link("alice-prod", first)).rejects.toMatchObject({ code: "ERR_REMOVED_ELSEWHERE" });
    expect(stack.registered()).toEqual([]);

    const restored = await stack.link("alice-prod", first, { whenRemovedElsewhere: "restore" });
    expect(stack.registered()).toEqual([first["thumbprint"]]);
    expect(restored["registered"]).not.toMatchObject([{ missingSince: expect.anything() }]);
  });

  it("a current certificate that is put back gives those who went back to its predecessor a whole overlap again", async () => {
    stack = await SmallStack.start("2027-01-01");
    await stack.link("alice-prod", await stack.certificate("alice"));
    const [first] = stack.registered();
    const second = await stack.certificate("alice", { rotationTriggers: { why: "tidied" } });
    await stack.link("alice-prod", second);
    stack.emulator.take(stack.subscription, String(second["thumbprint"]));
    stack.at("2027-01-20");
    await stack.link("alice-prod", second, { whenRemovedElsewhere: "restore" });
    expect([...stack.registered()].sort()).toEqual([first, second["thumbprint"]].sort());
    stack.at("2027-01-26");
    await stack.link("alice-prod", second, { whenRemovedElsewhere: "restore" });
    expect(stack.registered()).toHaveLength(2);
    stack.at("2027-01-27");
    await stack.link("alice-prod", second, { whenRemovedElsewhere: "restore" });
    expect(stack.registered()).toEqual([second["thumbprint"]]);
  });

  it("what was found missing is not taken for back because a list lags behind, neither by a refresh nor by an update", async () => {
    stack = await SmallStack.start("2027-01-01");
    const first = await stack.certificate("alice");
    await stack.link("alice-prod", first);
    stack.emulator.take(stack.subscription, String(first["thumbprint"]));
    await stack.refresh("alice-prod");
    await stack.newRun();
    stack.emulator.misbehave([{ do: { kind: "staleList" } }]);
    await stack.refresh("alice-prod");
    expect(stack.stored("alice-prod")?.["registered"]).toMatchObject([{ missingSince: "2027-01-01T00:00:00Z" }]);
    stack.emulator.misbehave([{ do: { kind: "staleList" } }]);
    await expect(stack.link("alice-prod", first)).rejects.toMatchObject({ code: "ERR_REMOVED_ELSEWHERE" });
  });

  it("or it is rotated: the successor is registered, the removed one stays away", async () => {
    stack = await SmallStack.start("2027-01-01");
    const first = await stack.certificate("alice");
    await stack.link("alice-prod", first);
    stack.emulator.take(stack.subscription, String(first["thumbprint"]));
    const second = await stack.certificate("alice", { rotationTriggers: { why: "removed by hand" } });
    await stack.link("alice-prod", second);
    expect(stack.registered()).toEqual([second["thumbprint"]]);
  });

  it("foreign certificates are never touched, whatever happens to ours", async () => {
    stack = await SmallStack.start("2027-01-01");
    const foreign = await foreignCertificate();
    stack.emulator.plant(stack.subscription, foreign.der);
    const first = await stack.certificate("alice", { holders: ["alice"] });
    await stack.link("alice-prod", first);
    stack.at("2027-09-05");
    await stack.link("alice-prod", await stack.certificate("alice", { holders: ["alice"] }));
    stack.at("2027-09-06");
    await stack.link("alice-prod", await stack.certificate("alice", { holders: [] }));
    await stack.newRun();
    await stack.remove("alice-prod");
    expect(stack.registered()).toEqual([foreign.thumbprint]);
  });

  it("a state that was rolled back to before a rotation is refused, and the newer certificate named", async () => {
    stack = await SmallStack.start("2027-01-01");
    const first = await stack.certificate("alice");
    await stack.link("alice-prod", first);
    const before = stack.stored("alice-prod") ?? {};
    stack.at("2027-09-05");
    const second = await stack.certificate("alice");
    await stack.link("alice-prod", second);
    stack.rollBack("alice", first);
    stack.rollBack("alice-prod", before);
    await stack.newRun();
    const older = { ...first, overlapHours: 24 };
    await expect(stack.link("alice-prod", older)).rejects.toMatchObject({
      code: "ERR_STATE_ROLLED_BACK",
      facts: { thumbprint: second["thumbprint"] },
    });
    expect(stack.registered()).toHaveLength(2);
  });

  it("a bare certificate that was there before is adopted, and left behind unless removeAdopted", async () => {
    stack = await SmallStack.start("2027-01-01");
    const foreign = await foreignCertificate();
    stack.emulator.plant(stack.subscription, foreign.der);
    const state = await stack.bareLink("old-one", { certificatePem: foreign.pem });
    expect(state["registered"]).toMatchObject([{ origin: "adopted" }]);
    await stack.newRun();
    await stack.remove("old-one");
    expect(stack.registered()).toEqual([foreign.thumbprint]);

    await stack.bareLink("old-one", { certificatePem: foreign.pem, removeAdopted: true });
    await stack.newRun();
    await stack.remove("old-one");
    expect(stack.registered()).toEqual([]);
  });
});
