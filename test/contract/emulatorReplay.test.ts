import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../emulator/emulator";
import type { Fault } from "../../emulator/faults";
import { makeCertificate, nodeEncoding, type TestCertificate } from "./clientCertificates";
import { other, ours } from "./emulatorFixture";
import { send, type WireRequest } from "./wire";

const settings = { subscriptions: [ours, other], now: new Date("2027-06-01T12:00:00Z") };
const validity = { notBefore: new Date("2027-01-01"), notAfter: new Date("2028-01-01") };

const action: fc.Arbitrary<Fault["do"]> = fc.oneof(
  fc.record({ kind: fc.constant("throttle" as const), status: fc.constantFrom(429 as const, 503 as const) }),
  fc.record({
    kind: fc.constant("status" as const),
    status: fc.integer({ min: 400, max: 599 }),
    code: fc.constantFrom("InternalError", "ServerBusy", "ConflictError"),
    message: fc.string(),
    retryAfter: fc.constantFrom("7", "soon", "-1"),
  }),
  fc.constantFrom<Fault["do"]>(
    { kind: "disabled" },
    { kind: "reset", when: "before" },
    { kind: "reset", when: "after" },
    { kind: "truncate", part: "headers" },
    { kind: "truncate", part: "body" },
    { kind: "redirect", location: "/elsewhere" },
    { kind: "slow", milliseconds: 1 },
    { kind: "slow", milliseconds: 1, when: "after" },
  ),
  fc.record({ kind: fc.constant("clockOff" as const), seconds: fc.integer({ min: -1_000_000, max: 1_000_000 }) }),
  fc.record({ kind: fc.constant("staleList" as const), changes: fc.integer({ min: 1, max: 3 }) }),
);

const fault: fc.Arbitrary<Fault> = fc.record(
  {
    match: fc.record(
      {
        method: fc.constantFrom("GET", "POST", "DELETE"),
        subscriptionId: fc.constantFrom(ours, other),
        pathContains: fc.constantFrom("/certificates", "/certificates/"),
      },
      { requiredKeys: [] },
    ),
    times: fc.integer({ min: 1, max: 3 }),
    skip: fc.integer({ min: 0, max: 3 }),
    do: action,
  },
  { requiredKeys: ["do"] },
);

const request = fc.record({
  verb: fc.constantFrom("list", "get", "add", "remove"),
  subscription: fc.constantFrom(ours, other),
  certificate: fc.integer({ min: 0, max: 2 }),
});

/** As far back as a list may lag. */
const mostStaleChanges = 32;

describe("a script of faults can be replayed", () => {
  let twins: readonly [Emulator, Emulator];
  let caller: TestCertificate;
  let certificates: readonly TestCertificate[];

  beforeAll(async () => {
    twins = [await startEmulator(settings), await startEmulator(settings)];
    [caller, ...certificates] = await Promise.all([
      makeCertificate(validity),
      ...Array.from({ length: 3 }, () => makeCertificate(validity)),
    ]);
    // A list that lags behind shows what was there before: nothing of it may be the administrators, who are not the same.
    for (const emulator of twins) {
      for (const id of emulator.subscriptions) {
        emulator.take(id, emulator.credentialThumbprint);
        for (let change = 0; change < mostStaleChanges; change++) {
          emulator.plant(id, caller.der);
          emulator.take(id, caller.thumbprint);
        }
      }
    }
  });
  afterAll(() => Promise.all(twins.map((emulator) => emulator.stop())));

  /** Sends the requests one after the other. @returns what the client saw of each, and the journal without its random ids */
  async function play(emulator: Emulator, script: readonly Fault[], requests: readonly WireRequest[]) {
    for (const id of emulator.subscriptions) {
      for (const { thumbprint } of emulator.certificates(id)) {
        emulator.take(id, thumbprint);
      }
      emulator.plant(id, caller.der);
    }
    emulator.clearJournal();
    emulator.misbehave(script);
    const seen: unknown[] = [];
    for (const wire of requests) {
      seen.push(
        await send(emulator, { ...wire, identity: caller }).then(
          ({ status, body, headers: { "x-ms-request-id": _, ...headers } }) => ({ status, body, headers }),
          (error: NodeJS.ErrnoException) => error.code,
        ),
      );
    }
    return { seen, journal: emulator.journal().map(({ requestId: _, ...entry }) => entry) };
  }

  it("the same script and the same requests give the same answers and the same journal", { timeout: 60_000 }, () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fault, { maxLength: 5 }),
        fc.array(request, { minLength: 1, maxLength: 8 }),
        async (script, requests) => {
          const wires = requests.map(({ verb, subscription, certificate }): WireRequest => {
            const path = `/${subscription}/certificates`;
            const one = certificates[certificate] ?? caller;
            switch (verb) {
              case "add":
                return { method: "POST", path, ...nodeEncoding(one) };
              case "list":
                return { path };
              default:
                return { method: verb === "get" ? "GET" : "DELETE", path: `${path}/${one.thumbprint}` };
            }
          });
          const [first, second] = twins;
          const played = await play(first, script, wires);
          expect(played.journal).toHaveLength(wires.length);
          expect(await play(second, script, wires)).toEqual(played);
        },
      ),
      { numRuns: 30 },
    ),
  );
});
