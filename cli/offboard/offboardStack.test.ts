import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../provider/errors";
import { certificateUrn, exportText, linkUrn, thumbprintOf } from "../../test/support/exportTexts";
import type { Operation, RunResult, StackRunner } from "../stackRunner/stackRunner";
import type { Doors } from "./doors";
import { type HeldLink, type Holdings, mergeHoldings, whatPersonHeld } from "./holdings";
import { readKnownState } from "./knownState";
import { offboardStack } from "./offboardStack";
import { isClosed, type OffboardReport } from "./report";

const production = "7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b";
const [own, shared, rotated, anew] = [1, 2, 3, 4].map(thumbprintOf) as [string, string, string, string];
const aliceCertificate = { name: "alice", thumbprint: own, holders: ["alice"] };
const aliceLink = {
  name: "alice-prod",
  subscriptionId: production,
  lineage: "lineage-of-alice",
  thumbprint: own,
  dependencies: [certificateUrn("alice")],
};
const sharedLink = {
  name: "on-call-prod",
  subscriptionId: production,
  lineage: "lineage-of-on-call",
  thumbprint: shared,
};

interface Parts {
  /** The program still has the person. */
  readonly declared?: boolean;
  readonly fails?: Partial<Record<"preview" | "up" | "destroy", boolean | "throws">>;
  /** What depends on the link and is to stay. */
  readonly dependent?: boolean;
  readonly cancelDuring?: "preview" | "destroy";
  /** The update makes a certificate of their own again, under another name. */
  readonly madeAnew?: boolean;
}

/** A stack and its door, as far as this command can tell them apart from real ones. */
class World {
  readonly calls: string[] = [];
  readonly said: string[] = [];
  readonly #parts: Parts;
  readonly #cancel = new AbortController();
  accepts = new Set([own, shared]);
  inState = { alice: true, rotated: false };
  /** What a run that was killed, or an earlier one, left behind. */
  kept: Holdings | null = null;

  constructor(parts: Parts = {}) {
    this.#parts = parts;
  }

  run(person = "alice"): Promise<OffboardReport> {
    const before = readKnownState(this.#export(), "the stack prod");
    const now = whatPersonHeld([before.stack], person);
    const holdings = this.kept === null ? now : mergeHoldings(this.kept, now);
    this.kept = holdings;
    return offboardStack({
      runner: this.#runner(),
      before,
      holdings,
      knownStates: [],
      doorsOf: () => this.#doors(),
      say: (line) => this.said.push(line),
      now: () => new Date("2027-03-01"),
      signal: this.#cancel.signal,
    });
  }

  #export(): string {
    const { alice, rotated: isRotated } = this.inState;
    const other = { urn: "urn:x", type: "aws:x:Y", dependencies: [linkUrn("alice-prod")] };
    return exportText({
      certificates: [
        ...(alice ? [aliceCertificate] : []),
        ...(isRotated && this.#parts.madeAnew ? [{ ...aliceCertificate, name: "anew", thumbprint: anew }] : []),
        isRotated
          ? {
              name: "on-call",
              thumbprint: rotated,
              issuedAt: "2027-03-01T00:00:00Z",
              holders: ["bob"],
              previous: [{ thumbprint: shared, revoked: true, heldBy: ["alice", "bob"] }],
            }
          : { name: "on-call", thumbprint: shared, holders: ["alice", "bob"] },
      ],
      links: [
        ...(alice ? [aliceLink] : []),
        ...(isRotated && this.#parts.madeAnew
          ? [{ ...aliceLink, name: "anew-prod", lineage: "lineage-of-anew", thumbprint: anew, dependencies: [] }]
          : []),
        { ...sharedLink, thumbprint: isRotated ? rotated : shared },
      ],
      others: this.#parts.dependent ? [other] : [],
    });
  }

  #runner(): StackRunner {
    const fails = this.#parts.fails ?? {};
    const result = (verb: "preview" | "up" | "destroy", steps: RunResult["steps"], work: () => void): RunResult => {
      if (this.#parts.cancelDuring === verb) {
        this.#cancel.abort();
      }
      if (fails[verb] === "throws") {
        throw new ConfigurationError({ what: `${verb} can't begin.` });
      }
      const succeeded = fails[verb] !== true;
      if (succeeded || verb === "up") {
        work();
      }
      const changes = { same: 0, create: 0, update: 0, replace: 0, delete: 0 };
      return { succeeded, changes, steps, diagnostics: succeeded ? [] : [`${verb} failed somewhere\nwith details`] };
    };
    const step = (urn: string, operation: Operation, reasons: readonly string[] = []) => ({
      urn,
      operation,
      reasons,
      type: "",
      name: "",
      failed: false,
      leftover: false,
    });
    return {
      name: "an engine",
      stack: "prod",
      export: async () => this.#export(),
      preview: async () => {
        this.calls.push("preview");
        const operation = this.#parts.declared ? "same" : "delete";
        const leaves = this.inState.rotated ? [] : ["due: rotates now without overlap, because alice left"];
        const gone = this.inState.alice ? [certificateUrn("alice"), linkUrn("alice-prod")] : [];
        const steps = [...gone.map((urn) => step(urn, operation)), step(certificateUrn("on-call"), "update", leaves)];
        return result("preview", steps, () => {});
      },
      destroy: async ({ targets }) => {
        this.calls.push(`destroy ${targets.map((urn) => urn.split("::").at(-1)).join(" ")}`);
        return result("destroy", [], () => {
          this.inState = {
            ...this.inState,
            alice: targets.includes(certificateUrn("alice")) ? false : this.inState.alice,
          };
          this.accepts.delete(own);
        });
      },
      up: async () => {
        this.calls.push("up");
        return result("up", [], () => {
          this.inState = { ...this.inState, rotated: true };
          this.accepts = new Set([...this.accepts, rotated, ...(this.#parts.madeAnew ? [anew] : [])]);
          this.accepts.delete(shared);
        });
      },
    };
  }

  #doors(): Doors {
    return {
      read: async () => {
        this.calls.push("read");
        return {
          kind: "read",
          authenticatedWith: null,
          certificates: [...this.accepts, thumbprintOf(99)].map((thumbprint) => ({
            thumbprint,
            subject: "CN=x",
            lineage: null,
            validity: { notBefore: new Date(0), notAfter: new Date("2030-01-01") },
            createdAt: "",
          })),
        };
      },
      operations: async () => [],
      close: async ({ name }: HeldLink) => {
        this.calls.push(`close ${name}`);
        this.accepts.delete(own);
      },
      end: async () => {},
    };
  }
}

describe("letting a person go", () => {
  it("deletes what is theirs alone, then updates, then reads every door", async () => {
    const world = new World();
    const report = await world.run();
    expect(world.calls).toEqual(["preview", "destroy alice alice-prod", "up", "read"]);
    expect(isClosed(report)).toBe(true);
  });

  it("does nothing while the program still has them, and says what", async () => {
    const world = new World({ declared: true });
    await expect(world.run()).rejects.toThrow(
      "The program still gives alice alice (it would stay), so the next update would open again what is closed now. Nothing was changed. Take alice out of the roster or the program first",
    );
    expect(world.calls).toEqual(["preview"]);
  });

  it("closes what is theirs alone although the update fails, and tells what failed", async () => {
    const world = new World({ fails: { up: true } });
    const report = await world.run();
    expect(isClosed(report)).toBe(true);
    expect(world.said).toContain("  up failed somewhere");
  });

  it.each([true, "throws"] as const)(
    "goes by the state where there is no preview (%s), and makes no update",
    async (preview) => {
      const world = new World({ fails: { preview } });
      const report = await world.run();
      expect(world.calls).toEqual(["preview", "destroy alice alice-prod", "read"]);
      expect(report.doors[0]?.rows.map(({ certificate, status, because }) => [certificate, status, because])).toEqual([
        ["alice", "absent", ""],
        ["on-call", "open", "it is of on-call, which bob holds too: the update that rotates it was not made"],
      ]);
    },
  );

  it.each([
    ["the destroy fails", { fails: { destroy: true } as const }],
    ["the destroy can't begin", { fails: { destroy: "throws" } as const }],
    ["something that stays depends on a link", { dependent: true }],
  ])("takes what is theirs alone off the doors without the engine where %s", async (_why, parts) => {
    const world = new World(parts);
    const report = await world.run();
    expect(world.calls.filter((call) => call.startsWith("close"))).toEqual(["close alice-prod"]);
    expect(world.calls.indexOf("close alice-prod")).toBeLessThan(world.calls.indexOf("up"));
    expect(isClosed(report)).toBe(true);
  });

  it("ends in the same report when it is run again", async () => {
    const world = new World();
    const first = await world.run();
    world.calls.length = 0;
    expect(await world.run()).toEqual(first);
    expect(world.calls).toEqual(["preview", "up", "read"]);
  });

  it("closes again what the state has forgotten and a door still accepts", async () => {
    const world = new World();
    await world.run();
    world.accepts.add(own);
    world.calls.length = 0;
    expect(isClosed(await world.run())).toBe(true);
    expect(world.calls).toEqual(["preview", "up", "read", "close alice-prod", "read"]);
  });

  it("does not work against a program that gives them something new: that is STILL OPEN", async () => {
    const world = new World({ madeAnew: true });
    const report = await world.run();
    expect(world.calls.filter((call) => call.startsWith("close"))).toEqual([]);
    expect(report.doors[0]?.rows.filter(({ status }) => status !== "absent")).toMatchObject([
      { certificate: "anew", because: "only alice holds it, and the program asks for it" },
    ]);
  });

  it("runs nothing for somebody who holds nothing", async () => {
    const world = new World();
    world.inState = { alice: false, rotated: false };
    const report = await world.run("dora");
    expect(world.calls).toEqual([]);
    expect(report.doors).toEqual([]);
  });

  it("changes nothing when it is cancelled during the preview", async () => {
    const world = new World({ cancelDuring: "preview" });
    await expect(world.run()).rejects.toThrow("Cancelled: nothing was changed.");
    expect(world.calls).toEqual(["preview"]);
  });

  it("makes no update after it was cancelled, and reads the doors all the same", async () => {
    const world = new World({ cancelDuring: "destroy" });
    const report = await world.run();
    expect(world.calls).toEqual(["preview", "destroy alice alice-prod", "read"]);
    expect(isClosed(report)).toBe(false);
  });
});
