import { afterEach, describe, expect, it } from "vitest";
import { foreignCertificate } from "../support/foreignCertificate";
import { SmallStack } from "../support/smallStack";

let stack: SmallStack;
afterEach(() => stack.stop());

const directory = () => stack.emulator.directory;
const application = () => directory().applications[0]?.objectId ?? "";
const requests = (method: string) =>
  stack.emulator.journal().filter((entry) => entry.method === method && entry.path.startsWith("/v1.0/"));

describe("a link of an application through a rotation", () => {
  it("registers, keeps both during the overlap, and retires the previous one when it has ended here", async () => {
    stack = await SmallStack.start("2027-01-01");
    const first = await stack.certificate("pipeline");
    const link = await stack.applicationLink("sign-in", first, { allowLast: true });
    expect(stack.onApplication()).toEqual([first["thumbprint"]]);
    expect(link).toMatchObject({
      thumbprint: first["thumbprint"],
      certificateCount: 1,
      graphEndpoint: stack.emulator.endpoint,
    });

    stack.at("2027-09-05");
    const second = await stack.certificate("pipeline");
    const rotated = await stack.applicationLink("sign-in", second, { allowLast: true });
    expect(stack.onApplication()).toEqual([first["thumbprint"], second["thumbprint"]]);
    expect(rotated["registered"]).toMatchObject([
      { retireAt: "2027-09-12T00:00:00Z" },
      { thumbprint: second["thumbprint"] },
    ]);

    stack.at("2027-09-12");
    await stack.applicationLink("sign-in", second, { allowLast: true });
    expect(stack.onApplication()).toEqual([second["thumbprint"]]);
    await stack.newRun();
    await stack.remove("sign-in");
    expect(stack.onApplication()).toEqual([]);
  });

  it("removes what a leaver held in the update that registers the successor", async () => {
    stack = await SmallStack.start("2027-01-01");
    await stack.applicationLink("sign-in", await stack.certificate("pipeline", { holders: ["alice", "bob"] }));
    stack.at("2027-02-01");
    const second = await stack.certificate("pipeline", { holders: ["alice"] });
    await stack.applicationLink("sign-in", second);
    expect(stack.onApplication()).toEqual([second["thumbprint"]]);
  });

  it("names its application by its object id as well, and asks no one where nothing is due", async () => {
    stack = await SmallStack.start("2027-01-01");
    const first = await stack.certificate("pipeline");
    const inputs = { appId: undefined, objectId: application().toUpperCase() };
    await stack.applicationLink("sign-in", first, inputs);
    expect(stack.onApplication()).toEqual([first["thumbprint"]]);
    stack.emulator.clearJournal();
    await stack.applicationLink("sign-in", first, inputs);
    expect(stack.emulator.journal()).toEqual([]);
  });

  it("takes back one list for a refresh, and sees what somebody removed", async () => {
    stack = await SmallStack.start("2027-01-01");
    const first = await stack.certificate("pipeline");
    await stack.applicationLink("sign-in", first);
    await stack.newRun();
    stack.emulator.clearJournal();
    await stack.refresh("sign-in");
    expect(requests("GET")).toHaveLength(1);
    const [{ keyId = "" } = {}] = directory().keyCredentials(application());
    directory().take(application(), keyId);
    await stack.newRun();
    await stack.refresh("sign-in");
    expect(stack.stored("sign-in")?.["registered"]).toMatchObject([{ missingSince: "2027-01-01T00:00:00Z" }]);
    await expect(stack.applicationLink("sign-in", first)).rejects.toMatchObject({ code: "ERR_REMOVED_ELSEWHERE" });
    await stack.applicationLink("sign-in", first, { whenRemovedElsewhere: "restore" });
    expect(stack.onApplication()).toEqual([first["thumbprint"]]);
  });
});

describe("what belongs to others", () => {
  it("is sent back unchanged, whatever happens to ours", async () => {
    stack = await SmallStack.start("2027-01-01");
    const foreign = await foreignCertificate();
    const keyId = directory().plant(application(), foreign.der);
    const before = directory().keyCredentials(application());
    const first = await stack.certificate("pipeline", { holders: ["alice"] });
    await stack.applicationLink("sign-in", first);
    stack.at("2027-09-05");
    await stack.applicationLink("sign-in", await stack.certificate("pipeline", { holders: ["alice"] }));
    stack.at("2027-09-06");
    await stack.applicationLink("sign-in", await stack.certificate("pipeline", { holders: [] }));
    await stack.newRun();
    await stack.remove("sign-in");
    expect(directory().keyCredentials(application())).toEqual(before);
    expect(directory().keyCredentials(application())[0]?.keyId).toBe(keyId);
  });

  it("is kept when it comes between the read and the write, and so is ours when it is overwritten", async () => {
    stack = await SmallStack.start("2027-01-01");
    const [foreign, certificate] = [await foreignCertificate(), await stack.certificate("pipeline")];
    // The first PATCH is answered late, and meanwhile somebody else writes what he read before it.
    stack.emulator.misbehave([{ match: { method: "PATCH" }, do: { kind: "slow", milliseconds: 300, when: "after" } }]);
    const linking = stack.applicationLink("sign-in", certificate);
    await expect.poll(() => stack.onApplication(), { timeout: 20_000 }).toHaveLength(1);
    const [{ keyId = "" } = {}] = directory().keyCredentials(application());
    directory().take(application(), keyId);
    directory().plant(application(), foreign.der);
    await linking;
    expect(stack.onApplication().sort()).toEqual([foreign.thumbprint, certificate["thumbprint"]].sort());
  });
});

describe("replicas that lag behind", () => {
  it("don't make a write be repeated, nor be believed before it has arrived everywhere", async () => {
    stack = await SmallStack.start("2027-01-01", { behaviour: { replicationReads: 12 } });
    const foreign = await foreignCertificate();
    directory().plant(application(), foreign.der);
    const first = await stack.certificate("pipeline");
    await stack.applicationLink("sign-in", first);
    expect(stack.onApplication()).toEqual([foreign.thumbprint, first["thumbprint"]]);
    expect(requests("PATCH")).toHaveLength(1);
    stack.at("2027-02-01");
    const second = await stack.certificate("pipeline", { compromised: [String(first["thumbprint"])] });
    await stack.applicationLink("sign-in", second);
    expect(stack.onApplication()).toEqual([foreign.thumbprint, second["thumbprint"]]);
  });
});

describe("what goes wrong on the way", () => {
  it("a conflict, a throttle, an answer that is lost and a server that fails are got over", async () => {
    stack = await SmallStack.start("2027-01-01");
    const conflict = { code: "Directory_ConcurrencyViolation", message: "Please wait briefly and retry." };
    const patch = { method: "PATCH" };
    stack.emulator.misbehave([
      { match: patch, do: { kind: "status", status: 409, ...conflict } },
      { match: patch, do: { kind: "status", status: 503, ...conflict } },
      { match: patch, do: { kind: "throttle", retryAfter: "1" } },
      { match: patch, do: { kind: "reset", when: "after" } },
    ]);
    const first = await stack.certificate("pipeline");
    await stack.applicationLink("sign-in", first);
    expect(stack.onApplication()).toEqual([first["thumbprint"]]);
  });

  it("a first create that is refused when it reads back leaves a state, so that it can be taken away again", async () => {
    stack = await SmallStack.start("2027-01-01");
    const forbidden = { kind: "status", status: 403, code: "Authorization_RequestDenied", message: "not now" } as const;
    // Its own list, three reads that agree, and one that shows the change come before.
    stack.emulator.misbehave([{ match: { method: "GET", pathContains: "/v1.0/" }, skip: 5, do: forbidden }]);
    const first = await stack.certificate("pipeline");
    await expect(stack.applicationLink("sign-in", first, { allowLast: true })).rejects.toThrow("not now");
    expect(stack.onApplication()).toEqual([first["thumbprint"]]);
    expect(stack.stored("sign-in")).toBeDefined();
    await stack.newRun();
    await stack.remove("sign-in");
    expect(stack.onApplication()).toEqual([]);
  });

  it("a policy of the tenant is an error of its own, and nothing is changed", async () => {
    stack = await SmallStack.start("2027-01-01", { behaviour: { keyCredentialLifetimeDays: 90 } });
    const linking = stack.applicationLink("sign-in", await stack.certificate("pipeline"));
    await expect(linking).rejects.toMatchObject({
      code: "ERR_CREDENTIAL_POLICY",
      facts: { serviceCode: "CredentialInvalidLifetimeAsPerAppPolicy" },
      message: expect.stringContaining("validityPeriodHours"),
    });
    expect(stack.stored("sign-in")).toBeUndefined();
  });

  it("an application that is not there says so, with the request id", async () => {
    stack = await SmallStack.start("2027-01-01");
    const appId = "8d9e3ad3-1f57-4c62-9d5b-1a7c5a2f7a10";
    await expect(
      stack.applicationLink("sign-in", await stack.certificate("pipeline"), { appId }),
    ).rejects.toMatchObject({
      code: "ERR_APPLICATION_UNAVAILABLE",
      facts: { application: appId, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
  });

  it("who may not write is told which permission is missing", async () => {
    stack = await SmallStack.start("2027-01-01");
    stack.emulator.misbehave([
      {
        match: { method: "PATCH" },
        times: 9,
        do: {
          kind: "status",
          status: 403,
          code: "Authorization_RequestDenied",
          message: "Insufficient privileges to complete the operation.",
        },
      },
    ]);
    await expect(stack.applicationLink("sign-in", await stack.certificate("pipeline"))).rejects.toMatchObject({
      code: "ERR_AUTHENTICATION",
      message: expect.stringContaining("Application.ReadWrite.OwnedBy"),
    });
  });
});

describe("nobody is locked out", () => {
  it("the last valid certificate stays unless allowLast, and what the run signs in with in any case", async () => {
    stack = await SmallStack.start("2027-01-01");
    const appId = directory().administrator.appId;
    await stack.applicationLink("own", await stack.certificate("ours"), { appId });
    expect(directory().keyCredentials(directory().administrator.objectId)).toHaveLength(2);
    const first = await stack.certificate("pipeline");
    await stack.applicationLink("sign-in", first);
    await stack.newRun();
    await expect(stack.remove("sign-in")).rejects.toMatchObject({ code: "ERR_STILL_OPEN" });
    expect(stack.onApplication()).toEqual([first["thumbprint"]]);
  });
});
