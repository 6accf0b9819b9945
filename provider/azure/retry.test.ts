import { describe, expect, it } from "vitest";
import type { Failure } from "./failure";
import { decideRetry, mayHaveTakenEffect } from "./retry";

const answer = (status: number, more: Partial<Extract<Failure, { kind: "answer" }>> = {}): Failure => ({
  kind: "answer",
  status,
  serviceCode: null,
  message: null,
  requestId: null,
  retryAfterMs: null,
  ...more,
});
const transport = (problem: Extract<Failure, { kind: "transport" }>["problem"]): Failure => ({
  kind: "transport",
  problem,
  cause: new Error("x"),
});
const first = { attempt: 1, elapsedMs: 0, budgetMs: 900_000, random: 0 };
const throttled = (afterMs: number) => ({ action: "retry", afterMs, because: "throttled" });
const transient = (afterMs: number) => ({ action: "retry", afterMs, because: "transient" });
const permanent = { action: "fail", because: "permanent" };

describe("decideRetry", () => {
  it.each<[string, Failure, object]>([
    ["429 with seconds waits as long as it says", answer(429, { retryAfterMs: 7_000 }), throttled(7_000)],
    ["429 that says nothing waits the default", answer(429), throttled(1_000)],
    ["503 with Retry-After is throttling", answer(503, { retryAfterMs: 3_000 }), throttled(3_000)],
    ["503 without it backs off", answer(503, { serviceCode: "ServerBusy" }), transient(250)],
    ["TooManyRequests is throttling under 503", answer(503, { serviceCode: "TooManyRequests" }), throttled(1_000)],
    [
      "TooManyRequests is throttling under any status",
      answer(400, { serviceCode: "TooManyRequests" }),
      throttled(1_000),
    ],
    ["500 backs off", answer(500), transient(250)],
    ["502 backs off", answer(502), transient(250)],
    ["504 backs off", answer(504), transient(250)],
    ["408 backs off", answer(408), transient(250)],
    ["501 fails", answer(501), permanent],
    ["505 fails", answer(505), permanent],
    ["400 fails", answer(400), permanent],
    ["401 fails", answer(401), permanent],
    ["403 fails", answer(403), permanent],
    ["404 fails", answer(404), permanent],
    ["409 fails", answer(409), permanent],
    ["302 fails", answer(302), permanent],
    ["a lost connection backs off", transport("connectionLost"), transient(250)],
    ["a refused connection backs off", transport("connectionRefused"), transient(250)],
    ["no answer in time backs off", { kind: "timeout" }, transient(250)],
    ["a connection that can't be made backs off", transport("unreachable"), transient(250)],
    ["any other failure of the connection fails", transport("other"), permanent],
    ["an unknown name fails", transport("unknownName"), permanent],
    ["an untrusted server fails", transport("untrustedCertificate"), permanent],
    ["a server of another name fails", transport("otherName"), permanent],
    ["an expired server certificate fails", transport("certificateExpired"), permanent],
    ["something that is no TLS fails", transport("notTls"), permanent],
    ["a refused client certificate fails", { kind: "clientCertificateRefused", cause: new Error("x") }, permanent],
    ["an unreadable answer fails", { kind: "unreadable", detail: "x", requestId: null }, permanent],
  ])("%s", (_name, failure, decision) => {
    expect(decideRetry(failure, first)).toEqual(decision);
  });

  it.each([
    [1, 250, 500],
    [2, 500, 1_000],
    [3, 1_000, 2_000],
    [7, 15_000, 30_000],
    [100, 15_000, 30_000],
  ])("backoff %i lies between %i and %i ms, half of it jitter, and is capped", (attempt, least, most) => {
    expect(decideRetry(answer(500), { ...first, attempt, random: 0 })).toEqual(transient(least));
    expect(decideRetry(answer(500), { ...first, attempt, random: 0.999999 })).toEqual(transient(most));
  });

  it("gives up when the wait would outlast the budget, rather than wait in vain", () => {
    const failure = answer(429, { retryAfterMs: 10_000 });
    expect(decideRetry(failure, { ...first, elapsedMs: 889_999 })).toEqual(throttled(10_000));
    expect(decideRetry(failure, { ...first, elapsedMs: 890_000 })).toEqual({ action: "fail", because: "budgetSpent" });
  });

  it("gives an address where nothing listens up after four attempts", () => {
    expect(decideRetry(transport("connectionRefused"), { ...first, attempt: 3 })).toMatchObject({ action: "retry" });
    expect(decideRetry(transport("connectionRefused"), { ...first, attempt: 4 })).toEqual({
      action: "fail",
      because: "unreachable",
    });
    expect(decideRetry(transport("connectionLost"), { ...first, attempt: 4 })).toMatchObject({ action: "retry" });
  });
});

describe("mayHaveTakenEffect", () => {
  it.each<[string, Failure, boolean]>([
    ["a connection lost under way", transport("connectionLost"), true],
    ["no answer in time", { kind: "timeout" }, true],
    ["500", answer(500), true],
    ["an answer that can't be read", { kind: "unreadable", detail: "x", requestId: null }, true],
    ["a connection that was never made", transport("connectionRefused"), false],
    ["a refusal", answer(403), false],
    ["a conflict", answer(409), false],
    ["throttling", answer(429), false],
    ["an untrusted server", transport("untrustedCertificate"), false],
  ])("%s: %o", (_name, failure, expected) => {
    expect(mayHaveTakenEffect(failure)).toBe(expected);
  });
});
