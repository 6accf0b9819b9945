import { writeFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { foreignCertificate } from "../support/foreignCertificate";
import { SmallStack } from "../support/smallStack";

let stack: SmallStack;
afterEach(() => stack.stop());

describe("a link through a rotation", () => {
  it("registers, keeps both during the overlap, and retires the previous one when it has ended here", async () => {
    stack = await SmallStack.start("2027-01-01");
    const first = await stack.certificate("alice");
    await stack.link("alice-prod", first);
    expect(stack.registered()).toEqual([first["thumbprint"]]);

    stack.at("2027-09-05");
    const second = await stack.certificate("alice");
    const state = await stack.link("alice-prod", second);
    expect(new Set(stack.registered())).toEqual(new Set([first["thumbprint"], second["thumbprint"]]));
    expect(state["registered"]).toMatchObject([
      { thumbprint: first["thumbprint"], retireAt: "2027-09-12T00:00:00Z" },
      { thumbprint: second["thumbprint"], registeredAt: "2027-09-05T00:00:00Z" },
    ]);

    stack.at("2027-09-11T23:59:59Z");
    await stack.link("alice-prod", await stack.certificate("alice"));
    expect(stack.registered()).toHaveLength(2);

    stack.at("2027-09-12");
    await stack.link("alice-prod", await stack.certificate("alice"));
    expect(stack.registered()).toEqual([second["thumbprint"]]);
  });

  it("gives the whole overlap to a subscription that was down when the rotation came", async () => {
    stack = await SmallStack.start("2027-01-01");
    const first = await stack.certificate("alice");
    await stack.link("alice-prod", first);
    stack.at("2027-09-05");
    const second = await stack.certificate("alice");
    stack.emulator.setStatus(stack.subscription, "disabled");
    await expect(stack.link("alice-prod", second)).rejects.toThrow(/disabled/);

    stack.at("2027-10-20");
    stack.emulator.setStatus(stack.subscription, "active");
    await stack.link("alice-prod", await stack.certificate("alice"));
    expect(stack.registered()).toHaveLength(2);
    stack.at("2027-10-27");
    await stack.link("alice-prod", await stack.certificate("alice"));
    expect(stack.registered()).toEqual([second["thumbprint"]]);
  });

  it("removes what a leaver held in the update that registers the successor", async () => {
    stack = await SmallStack.start("2027-01-01");
    const holders = ["alice", "bob"];
    const first = await stack.certificate("on-call", { holders });
    await stack.link("on-call-prod", first);
    stack.at("2027-09-05");
    await stack.link("on-call-prod", await stack.certificate("on-call", { holders }));
    expect(stack.registered()).toHaveLength(2);

    stack.at("2027-09-06");
    const third = await stack.certificate("on-call", { holders: ["alice"] });
    await stack.link("on-call-prod", third);
    expect(stack.registered()).toEqual([third["thumbprint"]]);
  });

  it("never adds a superseded certificate to a link that begins during an overlap", async () => {
    stack = await SmallStack.start("2027-01-01");
    const first = await stack.certificate("alice");
    await stack.link("alice-prod", first);
    stack.at("2027-09-05");
    const second = await stack.certificate("alice");
    stack.emulator.take(stack.subscription, String(first["thumbprint"]));
    await stack.newRun();
    await stack.link("alice-late", second);
    expect(stack.registered()).toEqual([second["thumbprint"]]);
  });
});

describe("a run that dies or fails half-way", () => {
  it("that died between the upload and its record leaves nothing that the next one does not find", async () => {
    stack = await SmallStack.start("2027-01-01");
    const first = await stack.certificate("alice");
    await stack.link("alice-prod", first);
    stack.at("2027-09-05");
    const second = await stack.certificate("alice");
    const before = stack.stored("alice-prod") ?? {};
    await stack.link("alice-prod", second);
    stack.rollBack("alice-prod", before);

    stack.at("2027-09-06");
    await stack.newRun();
    const state = await stack.link("alice-prod", second);
    expect(stack.registered()).toHaveLength(2);
    expect(state["registered"]).toHaveLength(2);
    stack.at("2027-09-13");
    await stack.link("alice-prod", second);
    expect(stack.registered()).toEqual([second["thumbprint"]]);
  });

  /** Bob left: his certificate's successor is registered, and then the removal fails. */
  async function failHalfWay(): Promise<void> {
    stack = await SmallStack.start("2027-01-01");
    await stack.link("on-call-prod", await stack.certificate("on-call", { holders: ["alice", "bob"] }));
    const second = await stack.certificate("on-call", { holders: ["alice"] });
    const refused = { kind: "status", status: 400, code: "BadRequest", message: "no" } as const;
    stack.emulator.misbehave([{ match: { method: "DELETE" }, do: refused }]);
    await expect(stack.link("on-call-prod", second)).rejects.toThrow(/^STILL OPEN/);
    expect(stack.registered()).toHaveLength(2);
    expect(stack.stored("on-call-prod")).toMatchObject({ thumbprint: second["thumbprint"] });
  }

  it("that failed between add and remove is continued, also when the holder leaves next", async () => {
    await failHalfWay();
    const third = await stack.certificate("on-call", { holders: [] });
    await stack.link("on-call-prod", third);
    expect(stack.registered()).toEqual([third["thumbprint"]]);
  });

  it("that failed between add and remove leaves nothing behind when the link is removed next", async () => {
    await failHalfWay();
    await stack.newRun();
    await stack.remove("on-call-prod");
    expect(stack.registered()).toEqual([]);
  });

  it("whose engine is gone changes nothing more", async () => {
    stack = await SmallStack.start("2027-01-01");
    const first = await stack.certificate("alice");
    await stack.newRun({
      beforeEffect: async () => {
        throw new Error("the engine is gone");
      },
    });
    await expect(stack.link("alice-prod", first)).rejects.toThrow("the engine is gone");
    expect(stack.registered()).toEqual([]);
    expect(stack.stored("alice-prod")).toBeUndefined();
  });

  it("survives a lost answer to the upload by reading back", async () => {
    stack = await SmallStack.start("2027-01-01");
    const first = await stack.certificate("alice");
    stack.emulator.misbehave([{ match: { method: "POST" }, do: { kind: "reset", when: "after" } }]);
    await stack.link("alice-prod", first);
    expect(stack.registered()).toEqual([first["thumbprint"]]);
    expect(stack.emulator.journal().filter((entry) => entry.method === "POST")).toHaveLength(1);
  });

  it("is not told a success by a list that lags behind", async () => {
    stack = await SmallStack.start("2027-01-01");
    const first = await stack.certificate("alice");
    stack.emulator.misbehave([{ match: { method: "GET" }, skip: 1, do: { kind: "staleList", changes: 1 } }]);
    await stack.link("alice-prod", first).catch(() => {});
    await stack.link("alice-prod", first);
    expect(stack.registered()).toEqual([first["thumbprint"]]);
  });
});

describe("a list that lags behind", () => {
  it("does not hide from a removal what was uploaded and could not be read back", async () => {
    stack = await SmallStack.start("2027-01-01");
    const first = await stack.certificate("alice");
    const denied = { kind: "status", status: 403, code: "ForbiddenError", message: "no" } as const;
    stack.emulator.misbehave([{ match: { method: "GET", pathContains: String(first["thumbprint"]) }, do: denied }]);
    await expect(stack.link("alice-prod", first)).rejects.toMatchObject({ code: "ERR_AUTHENTICATION" });
    expect(stack.registered()).toEqual([first["thumbprint"]]);
    await stack.newRun();
    stack.emulator.misbehave([{ do: { kind: "staleList" } }]);
    await stack.remove("alice-prod");
    expect(stack.registered()).toEqual([]);
  });

  it("does not make a rotation forget the previous certificate, which would then outlive its overlap", async () => {
    stack = await SmallStack.start("2027-01-01");
    const first = await stack.certificate("alice");
    await stack.link("alice-prod", first);
    stack.at("2027-09-05");
    const second = await stack.certificate("alice");
    stack.emulator.misbehave([{ do: { kind: "staleList" } }]);
    const state = await stack.link("alice-prod", second);
    expect(state["registered"]).toMatchObject([
      { thumbprint: first["thumbprint"], registeredAt: "2027-01-01T00:00:00Z", retireAt: "2027-09-12T00:00:00Z" },
      { thumbprint: second["thumbprint"] },
    ]);
    expect(state["certificateCount"]).toBe(3);
  });

  it("does not make the removal of a link pass for done", async () => {
    stack = await SmallStack.start("2027-01-01");
    await stack.link("alice-prod", await stack.certificate("alice"));
    await stack.newRun();
    stack.emulator.misbehave([{ do: { kind: "staleList" } }]);
    await stack.remove("alice-prod");
    expect(stack.registered()).toEqual([]);
  });

  it("is no reason to say that somebody removed the current certificate", async () => {
    stack = await SmallStack.start("2027-01-01");
    const first = await stack.certificate("alice");
    await stack.link("alice-prod", first);
    stack.emulator.misbehave([{ do: { kind: "staleList" } }]);
    await stack.link("alice-prod", first, { allowLast: true });
    expect(stack.registered()).toEqual([first["thumbprint"]]);
  });

  it("hides what a killed run left, and the next look of the same run finds it", async () => {
    stack = await SmallStack.start("2027-01-01");
    const holders = ["alice", "bob"];
    const first = await stack.certificate("on-call", { holders });
    await stack.link("on-call-prod", first);
    const before = stack.stored("on-call-prod") ?? {};
    stack.at("2027-09-05");
    await stack.link("on-call-prod", await stack.certificate("on-call", { holders }));
    stack.rollBack("on-call-prod", before);
    await stack.newRun();
    const third = await stack.certificate("on-call", { holders: ["alice"] });
    stack.emulator.misbehave([{ do: { kind: "staleList" } }]);
    await stack.link("on-call-prod", third);
    expect(stack.registered()).toEqual([third["thumbprint"]]);
  });
});

describe("a first create whose answer was lost for good", () => {
  it("leaves a state, so that the link can be removed with what it registered", async () => {
    stack = await SmallStack.start("2027-01-01");
    const first = await stack.certificate("alice");
    stack.emulator.misbehave([
      { match: { method: "POST" }, do: { kind: "reset", when: "after" } },
      {
        match: { pathContains: "/certificates/" },
        do: { kind: "status", status: 403, code: "ForbiddenError", message: "no" },
      },
    ]);
    await expect(stack.link("alice-prod", first)).rejects.toMatchObject({ code: "ERR_AUTHENTICATION" });
    expect(stack.registered()).toEqual([first["thumbprint"]]);
    await stack.newRun();
    await stack.remove("alice-prod");
    expect(stack.registered()).toEqual([]);
  });

  it("leaves none where the upload was refused outright", async () => {
    stack = await SmallStack.start("2027-01-01");
    stack.emulator.misbehave([
      { match: { method: "POST" }, do: { kind: "status", status: 400, code: "BadRequest", message: "no" } },
    ]);
    await expect(stack.link("alice-prod", await stack.certificate("alice"))).rejects.toMatchObject({
      code: "ERR_SERVICE",
    });
    expect(stack.stored("alice-prod")).toBeUndefined();
  });
});

describe("nobody is locked out", () => {
  it("what the run itself signs in with stays, and the error says that the door is still open", async () => {
    stack = await SmallStack.start("2027-01-01");
    const first = await stack.certificate("alice");
    await stack.link("alice-prod", first);
    stack.emulator.plant(stack.subscription, (await foreignCertificate()).der);
    writeFileSync(stack.emulator.credentialPath, `${first["certificatePem"]}${first["privateKeyPem"]}`);
    await stack.newRun();
    await expect(stack.remove("alice-prod")).rejects.toThrow(/^STILL OPEN/);
    expect(stack.registered()).toContain(first["thumbprint"]);
  });

  it("the limit is counted before the upload, and said in numbers", async () => {
    stack = await SmallStack.start("2027-01-01", { config: { certificateLimit: "1" } });
    const first = await stack.certificate("alice");
    await expect(stack.link("alice-prod", first)).rejects.toMatchObject({ code: "ERR_QUOTA_EXCEEDED" });
    expect(stack.emulator.journal().every((entry) => entry.method === "GET")).toBe(true);
  });

  it("nothing is retired while this machine's clock and the service's differ", async () => {
    stack = await SmallStack.start("2027-01-01");
    const first = await stack.certificate("alice");
    await stack.link("alice-prod", first);
    stack.at("2027-09-05");
    const second = await stack.certificate("alice");
    await stack.link("alice-prod", second);
    stack.at("2027-09-13");
    stack.emulator.clock.set(new Date("2027-09-08"));
    await expect(stack.link("alice-prod", second)).rejects.toMatchObject({ code: "ERR_CLOCK_SKEW" });
    expect(stack.registered()).toHaveLength(2);
  });
});

describe("a link that is renamed", () => {
  it("does not undo its successor, and keeps the overlap that has begun", async () => {
    stack = await SmallStack.start("2027-01-01");
    const first = await stack.certificate("alice");
    await stack.link("old-name", first);
    stack.at("2027-09-05");
    const second = await stack.certificate("alice");
    await stack.link("old-name", second);
    await stack.newRun();
    await stack.link("new-name", second);
    await stack.remove("old-name");
    expect(stack.registered()).toHaveLength(2);
    stack.at("2027-09-12");
    await stack.newRun();
    await stack.link("new-name", second);
    expect(stack.registered()).toEqual([second["thumbprint"]]);
  });

  it("and two links of one program for the same door are refused", async () => {
    stack = await SmallStack.start("2027-01-01");
    const first = await stack.certificate("alice");
    await stack.link("one", first);
    await expect(stack.link("two", first)).rejects.toThrow(/the link one of this program already registers/);
  });
});
