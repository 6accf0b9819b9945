import { describe, expect, it } from "vitest";
import type { LinkCertificate } from "../../rotation/types";
import type { Configured } from "../context";
import { foreseen, linkChanges } from "./linkChanges";
import type { LinkInputs } from "./linkDefinition";
import { subscriptionKind } from "./subscriptionCertificateLink";
import {
  type SubscriptionCertificateLinkState,
  subscriptionCertificateLinkDefinition,
} from "./subscriptionCertificateLinkDefinition";

const subscription = "11111111-1111-1111-1111-111111111111";
const elsewhere = "22222222-2222-2222-2222-222222222222";
const endpoint = "https://management.core.windows.net";
const door = `subscription ${subscription}`;
const lineage = "3c9d4f0e-6f3b-4c39-9f0e-0d5a7d1b2c3d";
const first = "A".repeat(40);
const second = "B".repeat(40);
const third = "C".repeat(40);

const options = {
  allowLast: false,
  removeFirst: false,
  whenRemovedElsewhere: "fail",
  removeAdopted: false,
  verify: "listed",
  resourceName: "alice-prod",
} as const;

const state: SubscriptionCertificateLinkState = {
  ...options,
  subscriptionId: subscription,
  managementEndpoint: endpoint,
  lineage,
  overlapHours: 168,
  thumbprint: second,
  sha256Fingerprint: "2".repeat(64),
  certificateCount: 3,
  registered: [
    { thumbprint: first, registeredAt: "2027-01-01T00:00:00Z", retireAt: "2027-09-08T00:00:00Z", origin: "created" },
    { thumbprint: second, registeredAt: "2027-09-01T00:00:00Z", origin: "created" },
  ],
};

const certificate: LinkCertificate = {
  lineage,
  current: {
    thumbprint: second,
    sha256Fingerprint: "2".repeat(64),
    notBefore: new Date("2027-09-01"),
    notAfter: new Date("2028-09-01"),
  },
  previous: [{ thumbprint: first, notAfter: new Date("2028-01-01"), revoked: false }],
  overlapHours: 168,
};

function changesAt(
  date: string,
  {
    certificate: wanted = certificate,
    inputs = {},
    at = { endpoint, subscriptionId: subscription },
    before = {},
    limit = 100,
  }: {
    certificate?: LinkCertificate;
    inputs?: Partial<LinkInputs>;
    at?: { endpoint: string; subscriptionId: string };
    before?: Partial<SubscriptionCertificateLinkState>;
    limit?: number;
  } = {},
) {
  const address = { subscriptionId: at.subscriptionId, managementEndpoint: at.endpoint };
  const wish = {
    inputs: { ...options, ...inputs },
    certificate: wanted,
    door,
    moves: subscriptionKind.moves(state, address, {} as Configured),
    alsoRecorded: [],
  };
  return linkChanges({ ...state, ...before }, wish, limit, new Date(date));
}

describe("what an update would do to a link", () => {
  it("is nothing while an overlap lasts", () => {
    expect(changesAt("2027-09-07T23:59:59Z")).toEqual({ changes: [], warnings: [] });
  });

  it("registers a third version during an overlap, and prolongs nothing that has begun", () => {
    const successor = {
      ...certificate,
      current: { ...certificate.current, thumbprint: third },
      previous: [{ thumbprint: second, notAfter: new Date("2028-09-01"), revoked: false }, ...certificate.previous],
    };
    expect(changesAt("2027-09-04T00:00:00Z", { certificate: successor }).changes.map(({ reason }) => reason)).toEqual([
      `due: registers CCCCCCCC… on subscription ${subscription}; BBBBBBBB… stays accepted for 168 hours after that; AAAAAAAA… stays accepted until 2027-09-08 00:00 UTC`,
    ]);
  });

  it("gives those who went back to a predecessor an overlap of its own, where somebody removed its successor", () => {
    const successor = {
      ...certificate,
      current: { ...certificate.current, thumbprint: third },
      previous: [{ thumbprint: second, notAfter: new Date("2028-09-01"), revoked: false }, ...certificate.previous],
    };
    const registered = state.registered.map((one) =>
      one.thumbprint === second ? { ...one, missingSince: "2027-09-02T00:00:00Z" } : one,
    );
    const { changes } = changesAt("2027-10-01T00:00:00Z", { certificate: successor, before: { registered } });
    expect(changes.map(({ reason }) => reason)).toEqual([
      `due: registers CCCCCCCC… on subscription ${subscription}; AAAAAAAA… stays accepted for 168 hours after that`,
    ]);
  });

  it("retires the previous certificate when its overlap on this subscription has ended, and says which and since when", () => {
    expect(changesAt("2027-09-08T00:00:00Z").changes).toEqual([
      {
        property: "registered",
        reason: `due: retires AAAAAAAA…, whose overlap of 168 hours ended on 2027-09-08 00:00 UTC, from subscription ${subscription}`,
        replaces: false,
      },
    ]);
  });

  it("removes a revoked certificate at once", () => {
    const revoked = {
      ...certificate,
      previous: [{ thumbprint: first, notAfter: new Date("2028-01-01"), revoked: true }],
    };
    expect(changesAt("2027-09-02", { certificate: revoked }).changes.map((change) => change.reason)).toEqual([
      `due: removes AAAAAAAA…, which is revoked, from subscription ${subscription}`,
    ]);
  });

  it("registers a rotated certificate and says who stays beside it", () => {
    const rotated: LinkCertificate = {
      ...certificate,
      current: { ...certificate.current, thumbprint: third },
      previous: [{ thumbprint: second, notAfter: new Date("2028-09-01"), revoked: false }, ...certificate.previous],
    };
    expect(changesAt("2028-05-01", { certificate: rotated }).changes.map((change) => change.reason)).toEqual([
      `due: registers CCCCCCCC… on subscription ${subscription}; BBBBBBBB… stays accepted for 168 hours after that`,
      `due: removes AAAAAAAA…, which expired on 2028-01-01 00:00 UTC, from subscription ${subscription}`,
    ]);
  });

  it("moves to another subscription by replacement", () => {
    const { changes } = changesAt("2027-09-02", { at: { endpoint, subscriptionId: elsewhere } });
    expect(changes).toMatchObject([{ property: "subscriptionId", replaces: true }]);
    expect(changes[0]?.reason).toContain("opened there before it is closed here");
  });

  it("is replaced when another certificate is assigned to it", () => {
    const other = { ...certificate, lineage: "7d0f1a52-43f5-4a3e-8a7b-0e5d0f3b9c11" };
    expect(changesAt("2027-09-02", { certificate: other }).changes).toMatchObject([
      { property: "certificate", replaces: true },
    ]);
  });

  it("records every changed option, because a delete sees nothing but state", () => {
    for (const inputs of [
      { allowLast: true },
      { removeFirst: true },
      { removeAdopted: true },
      { whenRemovedElsewhere: "restore" as const },
    ]) {
      expect(changesAt("2027-09-02", { inputs }).changes).toMatchObject([
        { property: Object.keys(inputs)[0], replaces: false },
      ]);
    }
  });

  it("says what to do about a current certificate that somebody else removed", () => {
    const registered = state.registered.map((known) => ({ ...known, missingSince: "2027-09-03T00:00:00Z" }));
    const missing = { registered: registered.slice(1) };
    expect(changesAt("2027-09-04", { before: missing }).changes[0]?.reason).toMatch(
      /somebody else removed BBBBBBBB… from subscription .* \(found missing on 2027-09-03 00:00 UTC\); the update will fail: set whenRemovedElsewhere/,
    );
    const restoring = { before: missing, inputs: { whenRemovedElsewhere: "restore" as const } };
    expect(changesAt("2027-09-04", restoring).changes[0]?.reason).toMatch(/it will be registered again$/);
    const fallback = { ...restoring, before: { registered: [...state.registered.slice(0, 1), ...missing.registered] } };
    const said = changesAt("2027-10-01", fallback).changes.map(({ reason }) => reason);
    expect(said.filter((reason) => reason.startsWith("due:"))).toEqual([
      expect.stringMatching(/it will be registered again; AAAAAAAA… stays accepted for 168 hours after that$/),
    ]);
  });

  it("warns when there may be no room for the next certificate", () => {
    const rotated = { ...certificate, current: { ...certificate.current, thumbprint: third } };
    expect(changesAt("2027-09-02", { certificate: rotated, limit: 3 }).warnings[0]).toMatch(
      /held 3 certificates when last looked, and its limit is 3/,
    );
    expect(changesAt("2027-09-02", { certificate: rotated, limit: 4 }).warnings).toEqual([]);
  });
});

describe("what a link foresees while its certificate's next version is not made yet", () => {
  const reasons = [{ kind: "age" as const, detail: "it is old" }];
  const rotate = { kind: "rotate" as const, reasons, overlapHours: 168, revoke: [], sentence: "" };
  const keep = { kind: "keep" as const, nextLook: new Date("2028-01-01"), revoke: [], sentence: "" };
  const gone = (thumbprint: string) => ({ thumbprint, because: "bob held it" });

  it.each([
    [
      "an overlap",
      rotate,
      `due: registers the successor of BBBBBBBB… on subscription ${subscription}; BBBBBBBB… stays accepted for 168 hours after that`,
    ],
    [
      "a leaver who knew both versions",
      { ...rotate, overlapHours: 0, revoke: [gone(second), gone(first)] },
      `due: registers the successor of BBBBBBBB… on subscription ${subscription} and removes AAAAAAAA… and BBBBBBBB…, which are revoked`,
    ],
    [
      "a previous version that is compromised",
      { ...keep, revoke: [gone(first)] },
      "due: removes AAAAAAAA…, which is revoked",
    ],
    [
      "a change that touches no door",
      keep,
      `takes note of its certificate's changes; BBBBBBBB… stays accepted on subscription ${subscription}`,
    ],
  ])("names %s", (_title, decision, sentence) => {
    expect(foreseen(door, state, decision)).toBe(sentence);
  });

  it("promises nothing where nothing was decided", () => {
    expect(foreseen(door, state, undefined)).toMatch(
      /^may register another certificate on subscription .* BBBBBBBB… stays accepted until then$/,
    );
  });
});

it("the definition names the inputs of which any change replaces the link: all but the certificate, which rotates in place", () => {
  const bare = { ...certificate, lineage: null };
  const replacing = [
    changesAt("2027-09-02", { at: { endpoint, subscriptionId: elsewhere } }),
    changesAt("2027-09-02", { at: { endpoint: "https://elsewhere.example", subscriptionId: subscription } }),
    changesAt("2027-09-02", { certificate: { ...certificate, lineage: elsewhere } }),
    changesAt("2027-09-02", {
      before: { lineage: undefined },
      certificate: { ...bare, current: { ...bare.current, thumbprint: third } },
    }),
  ].flatMap(({ changes }) => changes.filter(({ replaces }) => replaces).map(({ property }) => property));
  expect(replacing.filter((property) => property !== "certificate").sort()).toEqual(
    [...subscriptionCertificateLinkDefinition.replacedBy].sort(),
  );
  expect(replacing).toContain("certificate");
});
