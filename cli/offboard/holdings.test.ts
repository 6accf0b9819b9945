import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyStackText, people } from "../../test/support/anyStackText";
import { exportText, thumbprintOf } from "../../test/support/exportTexts";
import { parseStackExport } from "../stackExport";
import { doorsOf, mergeHoldings, whatPersonHeld } from "./holdings";

const [t1, t2, t3, t4] = [thumbprintOf(1), thumbprintOf(2), thumbprintOf(3), thumbprintOf(4)];
const production = "7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b";
const staging = "b1946ac9-2f5e-4d8a-9c3b-5e6f7a8b9c0d";

function held(person: string, ...stacks: Parameters<typeof exportText>[0][]) {
  return whatPersonHeld(
    stacks.map((stack) => parseStackExport(exportText(stack))),
    person,
  );
}

/** As `production 01 alice`: which certificate of which resource may be the person's on which door. */
function onDoors(...given: Parameters<typeof held>): string[] {
  return doorsOf(held(...given)).flatMap(({ place, held: list }) =>
    list.map(({ thumbprint, certificate }) => {
      const id = place.address["subscriptionId"] ?? place.address["appId"];
      const door = id === production ? "production" : id === staging ? "staging" : "application";
      return `${door} ${thumbprint.slice(0, 8).replace(/^F0*/, "")} ${certificate.name}`;
    }),
  );
}

describe("what a person held", () => {
  const own = { name: "alice", thumbprint: t1, holders: ["alice"] };
  const shared = { name: "on-call", thumbprint: t2, holders: ["alice", "bob"] };

  it("is their own certificate and what they share, on every door of each", () => {
    const stack = {
      certificates: [own, shared, { name: "bob", thumbprint: t3, holders: ["bob"] }],
      links: [
        { name: "a", subscriptionId: production, lineage: "lineage-of-alice", thumbprint: t1 },
        { name: "b", subscriptionId: production, lineage: "lineage-of-on-call", thumbprint: t2 },
        { name: "c", subscriptionId: staging, lineage: "lineage-of-on-call", thumbprint: t2 },
        { name: "d", appId: "0e2a5c5e", lineage: "lineage-of-on-call", thumbprint: t2 },
        { name: "e", subscriptionId: staging, lineage: "lineage-of-bob", thumbprint: t3 },
      ],
    };
    expect(onDoors("alice", stack)).toEqual([
      "application 2 on-call",
      "production 1 alice",
      "production 2 on-call",
      "staging 2 on-call",
    ]);
    const { certificates } = held("alice", stack);
    expect(certificates.map(({ name, own: isOwn, listed, sharedWith }) => [name, isOwn, listed, sharedWith])).toEqual([
      ["alice", true, true, []],
      ["on-call", false, true, ["bob"]],
    ]);
  });

  it("is what they brought along, as its link says", () => {
    const bare = { name: "yubikey", subscriptionId: production, lineage: null, thumbprint: t1, holder: "Alice" };
    const stack = {
      links: [
        bare,
        { ...bare, name: "again", subscriptionId: staging },
        { ...bare, name: "bobs", holder: "bob", thumbprint: t2 },
      ],
    };
    expect(onDoors("alice", stack)).toEqual(["production 1 yubikey", "staging 1 again"]);
    expect(held("alice", stack).certificates.map(({ own: isOwn, listed }) => [isOwn, listed])).toEqual([
      [true, true],
      [true, true],
    ]);
    expect(held("carol", stack).certificates).toEqual([]);
  });

  it("is found under any spelling of their name", () => {
    const stack = { certificates: [{ ...own, holders: ["Alice@Contoso.com"] }] };
    expect(held("  ALICE@contoso.com ", stack).certificates).toHaveLength(1);
  });

  it("goes back to versions of the time when they were a holder, and leaves out those of others", () => {
    const certificates = [
      {
        name: "on-call",
        thumbprint: t3,
        holders: ["bob"],
        previous: [
          { thumbprint: t2, revoked: true, heldBy: ["alice", "bob"] },
          { thumbprint: t1, heldBy: ["bob"] },
        ],
      },
    ];
    const links = [
      {
        name: "b",
        subscriptionId: production,
        lineage: "lineage-of-on-call",
        thumbprint: t3,
        registered: [t3, t2, t1],
      },
    ];
    expect(onDoors("alice", { certificates, links })).toEqual(["production 2 on-call"]);
    expect(held("alice", { certificates, links }).certificates[0]).toMatchObject({ own: false, listed: false });
  });

  it("counts what is registered and in no version, because nobody wrote down who held it", () => {
    const links = [
      { name: "b", subscriptionId: production, lineage: "lineage-of-on-call", thumbprint: t2, registered: [t2, t4] },
    ];
    expect(onDoors("alice", { certificates: [shared], links })).toEqual([
      "production 2 on-call",
      "production 4 on-call",
    ]);
  });

  it("counts a version without any holder of a lineage that they held", () => {
    const certificates = [{ ...shared, previous: [{ thumbprint: t1, heldBy: [] }] }];
    const links = [{ name: "b", subscriptionId: production, lineage: "lineage-of-on-call", thumbprint: t2 }];
    expect(onDoors("alice", { certificates, links })).toEqual(["production 1 on-call", "production 2 on-call"]);
  });

  it("follows a certificate into other stacks, by its lineage or as bare PEM", () => {
    const elsewhere = {
      links: [
        { name: "x", subscriptionId: production, lineage: "lineage-of-on-call", thumbprint: t2 },
        { name: "y", subscriptionId: staging, lineage: null, thumbprint: t2 },
        { name: "z", subscriptionId: staging, lineage: null, thumbprint: t4 },
      ],
    };
    expect(onDoors("alice", { certificates: [shared] }, elsewhere)).toEqual([
      "production 2 on-call",
      "staging 2 on-call",
    ]);
  });

  it("is theirs alone where nobody else is named, also in a group", () => {
    const group = { name: "group", thumbprint: t4, holders: ["alice"], heldBy: ["alice", "bob"] };
    expect(held("alice", { certificates: [group] }).certificates[0]).toMatchObject({ own: true });
  });

  it("is kept when the state forgets it, and told anew where the state knows more", () => {
    const link = { name: "b", subscriptionId: production, lineage: "lineage-of-on-call", thumbprint: t2 };
    const before = held("alice", { certificates: [own, shared], links: [link] });
    const rotated = {
      certificates: [
        {
          name: "on-call",
          thumbprint: t3,
          issuedAt: "2027-02-01T00:00:00Z",
          holders: ["bob"],
          previous: [{ thumbprint: t2, revoked: true, heldBy: ["alice", "bob"] }],
        },
      ],
      links: [{ ...link, thumbprint: t3 }],
    };
    const merged = mergeHoldings(before, held("alice", rotated));
    expect(merged.certificates.map(({ name, listed, held: versions }) => [name, listed, versions])).toEqual([
      ["alice", true, [t1]],
      ["on-call", false, [t2]],
    ]);
    expect(merged.links).toHaveLength(1);
    expect(mergeHoldings(merged, held("alice", rotated))).toEqual(merged);
  });

  it("keeps what they held when an older state says that others held it first", () => {
    const younger = held("alice", { certificates: [shared] });
    const older = held("alice", {
      certificates: [{ ...shared, holders: ["bob"], previous: [{ thumbprint: t1, heldBy: ["alice"] }] }],
    });
    expect(mergeHoldings(older, younger).certificates[0]).toMatchObject({ held: [t1, t2], othersHeld: [] });
  });

  it("includes a link that was cut off while it was created", () => {
    const pending = {
      urn: "urn:pulumi:prod::access::azure-certificates:index:SubscriptionCertificateLink::new",
      type: "azure-certificates:index:SubscriptionCertificateLink",
      inputs: { subscriptionId: production, certificatePem: "not a certificate" },
    };
    const text = JSON.parse(exportText({ certificates: [own] })) as { deployment: Record<string, unknown> };
    text.deployment["pending_operations"] = [{ type: "creating", resource: pending }];
    // What can't be read names no certificate, and must not keep the rest from being read.
    expect(whatPersonHeld([parseStackExport(JSON.stringify(text))], "alice").links).toEqual([]);
  });
});

describe("for any state", () => {
  it("the order in which it lists things makes no difference", () => {
    fc.assert(
      fc.property(anyStackText, fc.constantFrom(...people), (stack, person) => {
        const turned = { certificates: stack.certificates.toReversed(), links: stack.links.toReversed() };
        expect(held(person, turned)).toEqual(held(person, stack));
      }),
    );
  });

  it("each certificate that the person ever held on a door is there exactly once, and none that only others held", () => {
    fc.assert(
      fc.property(anyStackText, fc.constantFrom(...people), (stack, person) => {
        const found = doorsOf(held(person, stack)).flatMap(({ place, held: list }) =>
          list.map(({ thumbprint }) => `${place.address["subscriptionId"]} ${thumbprint}`),
        );
        expect(new Set(found).size).toBe(found.length);
        for (const { name, thumbprint, holders, heldBy, previous } of stack.certificates) {
          const versions = [{ thumbprint, heldBy: [...heldBy, ...(holders ?? [])] }, ...previous];
          for (const version of versions) {
            for (const link of stack.links.filter((one) =>
              one.lineage === null ? one.thumbprint === version.thumbprint : one.lineage === `lineage-of-${name}`,
            )) {
              const row = `${link.subscriptionId} ${version.thumbprint}`;
              if (version.heldBy.includes(person)) {
                expect(found).toContain(row);
              } else if (version.heldBy.length > 0) {
                expect(found).not.toContain(row);
              }
            }
          }
        }
      }),
    );
  });

  it("looking twice, or at the same state twice, is looking once", () => {
    fc.assert(
      fc.property(anyStackText, fc.constantFrom(...people), (stack, person) => {
        const once = held(person, stack);
        expect(doorsOf(mergeHoldings(once, once))).toEqual(doorsOf(once));
        expect(doorsOf(held(person, stack, stack))).toEqual(doorsOf(once));
        expect(JSON.parse(JSON.stringify(once))).toEqual(once);
      }),
    );
  });
});
