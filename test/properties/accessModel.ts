import type { Values } from "../../provider/resources/lifecycle";

const hourMs = 3_600_000;
const validityHours = 8760;
/** A third of the validity: the default. */
const renewBeforeHours = 2920;
const remembered = 2;

/** One certificate of the lineage, as the model tells its story. */
export interface ModelVersion {
  readonly thumbprint: string;
  readonly der: Buffer;
  readonly issuedMs: number;
  readonly trigger: number;
  readonly heldBy: Set<string>;
  revoked: boolean;
}

/** One subscription: what is known of it, told by looking at it from outside. */
interface ModelDoor {
  /** Whether the program has a link there. */
  linked: boolean;
  readonly foreign: Set<string>;
  /** Whether somebody changed it by hand since the last update: a list that lags behind does not show that. */
  byHand: boolean;
  /** When each version was first seen there: from then on its predecessors have at least the whole overlap. */
  readonly firstThere: Map<string, number>;
  /** When an update first succeeded with it in place: its predecessors have no more than the overlap from then on. */
  readonly confirmed: Map<string, number>;
}

/** A door before and after an update, and what the update had to say. */
export interface Passage {
  readonly door: number;
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** The link's record of what it registered, before and after; null where state has no such link. */
  readonly knownBefore: readonly Values[] | null;
  readonly knownAfter: readonly Values[] | null;
  /** Whether the link was updated; otherwise a preview saw nothing to do. */
  readonly looked: boolean;
  readonly refreshed: boolean;
  /** Killed: nothing of it was recorded from some moment on. */
  readonly ended: "well" | "failed" | "killed";
  /** What its error says; empty where it has none. */
  readonly failure: string;
  /** Some list may have been older than the last change. */
  readonly lagging: boolean;
  /** Nothing was in the way of this update. */
  readonly undisturbed: boolean;
  /** Every link succeeded, so that what left the program was removed. */
  readonly complete: boolean;
}

/**
 * What should be registered and what may be: a second telling of the rules, with none of the product's decisions. It knows
 * the certificates by what was issued, and the doors by what was seen there after each update.
 */
export class AccessModel {
  nowMs = Date.parse("2027-01-01T00:00:00Z");
  holders: readonly string[] | null = ["alice", "bob"];
  compromised: readonly string[] = [];
  trigger = 0;
  overlapHours = 168;
  rotateEveryHours: number | null = null;
  restore = false;
  /** Oldest first. */
  readonly versions: ModelVersion[] = [];
  readonly doors: readonly ModelDoor[] = [newDoor(true), newDoor(false)];

  get current(): ModelVersion | undefined {
    return this.versions.at(-1);
  }

  /** What the program asks of the certificate now. */
  wishes(): Values {
    return {
      ...(this.holders === null ? {} : { holders: [...this.holders] }),
      ...(this.rotateEveryHours === null ? {} : { rotateEveryHours: this.rotateEveryHours }),
      compromised: [...this.compromised],
      rotationTriggers: { deployed: String(this.trigger) },
      overlapHours: this.overlapHours,
    };
  }

  /** Whether the next update has to make a new version. */
  rotates(): boolean {
    const { current } = this;
    return (
      current === undefined ||
      this.nowMs >= current.issuedMs + (validityHours - renewBeforeHours) * hourMs ||
      (this.rotateEveryHours !== null && this.nowMs >= current.issuedMs + this.rotateEveryHours * hourMs) ||
      current.trigger !== this.trigger ||
      this.#mustGoAtOnce(current)
    );
  }

  /** What the update did to the certificate; what is wrong with it. */
  certified(outputs: Values, der: Buffer): readonly string[] {
    const expected = this.rotates();
    for (const version of this.#known()) {
      version.revoked ||= this.#mustGoAtOnce(version);
    }
    const thumbprint = String(outputs["thumbprint"]);
    const rotated = thumbprint !== this.current?.thumbprint;
    if (rotated) {
      const heldBy = new Set(this.holders ?? this.current?.heldBy ?? []);
      const { nowMs: issuedMs, trigger } = this;
      this.versions.push({ thumbprint, der, issuedMs, trigger, heldBy, revoked: false });
    } else {
      for (const holder of this.holders ?? []) {
        this.current?.heldBy.add(holder);
      }
    }
    const previous = (outputs["previous"] ?? []) as { thumbprint: string; revoked: boolean }[];
    const told = previous.map((version) => `${version.thumbprint} ${version.revoked}`).join();
    const right = this.previous()
      .map((version) => `${version.thumbprint} ${version.revoked}`)
      .join();
    return [
      ...(rotated === expected ? [] : [rotated ? "it rotated for no reason" : "it did not rotate"]),
      ...(told === right ? [] : [`it says of its predecessors ${told} instead of ${right}`]),
    ];
  }

  /** Newest first, as many as are remembered. */
  previous(): readonly ModelVersion[] {
    return this.versions.slice(0, -1).reverse().slice(0, remembered);
  }

  /** When the next overlap ends anywhere; null: none is under way. */
  nextEndMs(): number | null {
    const ends = this.doors.flatMap(({ firstThere }) =>
      this.previous().flatMap(({ thumbprint }) => this.#overlapEnds(thumbprint, firstThere) ?? []),
    );
    const ahead = ends.filter((endMs) => endMs > this.nowMs);
    return ahead.length === 0 ? null : Math.min(...ahead);
  }

  /** What is wrong with what an update did to a door, whether or not it succeeded. */
  passed(passage: Passage): readonly string[] {
    const door = this.#door(passage.door);
    const { before, after } = passage;
    // A successor that is gone again, because it was revoked or by hand, is not remembered: the next one begins the overlap anew.
    for (const one of [...door.confirmed.keys()].filter((known) => !after.includes(known))) {
      door.confirmed.delete(one);
    }
    const added = after.filter((one) => !before.includes(one));
    const removed = before.filter((one) => !after.includes(one));
    const wrong = [
      ...removed.filter((one) => door.foreign.has(one)).map((one) => `the foreign ${one} was removed`),
      ...added.filter((one) => !door.linked || one !== this.current?.thumbprint).map((one) => `${one} was added`),
      ...(door.linked ? removed.filter((one) => this.#hasToStay(one, door)).map((one) => `${one} was removed`) : []),
      ...(door.linked ? this.#wrongOfLinked(passage, door) : this.#wrongOfUnlinked(passage)),
    ];
    door.byHand = false;
    for (const one of this.#ours(after)) {
      door.firstThere.set(one, door.firstThere.get(one) ?? this.nowMs);
      if (passage.ended === "well" && passage.looked) {
        door.confirmed.set(one, door.confirmed.get(one) ?? this.nowMs);
      }
    }
    if (this.#ours(after).length === 0) {
      door.firstThere.clear();
    }
    return wrong.map((sentence) => `subscription ${passage.door}: ${sentence}`);
  }

  /** Somebody registered it by hand. */
  planted(door: number, thumbprint: string): void {
    this.#door(door).byHand = true;
    if (this.#version(thumbprint) === undefined) {
      this.#door(door).foreign.add(thumbprint);
    }
  }

  /** Somebody removed it by hand. */
  taken(door: number, thumbprint: string): void {
    this.#door(door).byHand = true;
    this.#door(door).foreign.delete(thumbprint);
    this.#door(door).confirmed.delete(thumbprint);
  }

  #wrongOfLinked(passage: Passage, door: ModelDoor): readonly string[] {
    const { before, after, ended, failure, looked } = passage;
    const present = this.#ours(after);
    const current = this.current?.thumbprint ?? "";
    const recorded = (passage.knownBefore ?? []).some(({ thumbprint }) => thumbprint === current);
    const closedByHand = recorded && !before.includes(current) && !this.restore;
    if (ended === "killed") {
      return [];
    }
    if (ended === "failed") {
      const open = (passage.knownAfter ?? []).some(
        ({ thumbprint }) => present.includes(String(thumbprint)) && this.#isRevoked(String(thumbprint)),
      );
      return [
        ...(passage.undisturbed && !closedByHand ? [`it failed: ${failure}`] : []),
        ...(passage.undisturbed && !failure.includes("removed")
          ? [`it does not say that it was removed: ${failure}`]
          : []),
        ...(open && !failure.startsWith("STILL OPEN") ? [`it does not say STILL OPEN: ${failure}`] : []),
        ...(closedByHand && after.includes(current) ? ["it opened a door that somebody else had closed"] : []),
      ];
    }
    const unseen = this.#unseen(passage, door, current);
    if (!looked) {
      return unseen;
    }
    if (passage.lagging && door.byHand) {
      return [];
    }
    const recordedAfter = (passage.knownAfter ?? []).map(({ thumbprint }) => String(thumbprint));
    return [
      ...(closedByHand ? ["it opened a door that somebody else had closed"] : []),
      ...(present.includes(current) ? [] : ["the current certificate is not there"]),
      ...present.filter((one) => one !== current && this.#hasToGo(one, door)).map((one) => `${one} is still there`),
      ...(recordedAfter.toSorted().join() === present.toSorted().join()
        ? []
        : [`its record is ${recordedAfter} and there is ${present}`]),
      ...(passage.knownAfter ?? []).flatMap((known) => this.#wrongDate(known, door)),
    ];
  }

  /** An update that asks nobody is right only if nothing that the state knows of had to be done. */
  #unseen(
    { knownBefore, refreshed, undisturbed, before }: Passage,
    door: ModelDoor,
    current: string,
  ): readonly string[] {
    const known = (knownBefore ?? []).map(({ thumbprint }) => String(thumbprint));
    return [
      ...(known.includes(current) ? [] : ["it never registered the current certificate"]),
      ...known
        .filter((one) => one !== current && before.includes(one) && this.#hasToGo(one, door))
        .map((one) => `${one} was left there`),
      ...(refreshed && undisturbed && !before.includes(current)
        ? ["a refresh did not notice that the current one is gone"]
        : []),
    ];
  }

  #wrongOfUnlinked({ before, after, knownBefore, complete }: Passage): readonly string[] {
    if (knownBefore === null) {
      return before.join() === after.join() ? [] : ["something changed without a link"];
    }
    return complete ? this.#ours(after).map((one) => `${one} is still there without a link`) : [];
  }

  /** A preview shows this date: it must be neither before the overlap is over nor after it has to be. */
  #wrongDate({ thumbprint, retireAt }: Values, door: ModelDoor): readonly string[] {
    const one = String(thumbprint);
    if (one === this.current?.thumbprint) {
      return retireAt == null ? [] : [`the current certificate is to go at ${retireAt}`];
    }
    const expiresMs = (this.#version(one)?.issuedMs ?? 0) + validityHours * hourMs;
    const earliestMs = Math.min(expiresMs, this.#overlapEnds(one, door.firstThere) ?? this.nowMs);
    const latestMs = Math.min(
      expiresMs,
      this.#overlapEnds(one, door.confirmed) ?? this.nowMs + this.overlapHours * hourMs,
    );
    const dateMs = Date.parse(String(retireAt));
    return dateMs >= earliestMs && dateMs <= latestMs
      ? []
      : [`${one} is to go at ${retireAt}, not between ${iso(earliestMs)} and ${iso(latestMs)}`];
  }

  #hasToStay(thumbprint: string, door: ModelDoor): boolean {
    const isCurrent = thumbprint === this.current?.thumbprint;
    return (
      isCurrent || (this.#mayStay(thumbprint) && this.overlapHours > 0 && !this.#isOver(thumbprint, door.firstThere))
    );
  }

  #hasToGo(thumbprint: string, door: ModelDoor): boolean {
    return !this.#mayStay(thumbprint) || this.#isOver(thumbprint, door.confirmed);
  }

  #mayStay(thumbprint: string): boolean {
    const version = this.previous().find((one) => one.thumbprint === thumbprint);
    return version !== undefined && !version.revoked && this.nowMs < version.issuedMs + validityHours * hourMs;
  }

  #isOver(thumbprint: string, since: ReadonlyMap<string, number>): boolean {
    const ends = this.#overlapEnds(thumbprint, since);
    return ends !== null && this.nowMs >= ends;
  }

  /** Counted from the first successor that was there; null: none was yet. */
  #overlapEnds(thumbprint: string, since: ReadonlyMap<string, number>): number | null {
    const index = this.versions.findIndex((one) => one.thumbprint === thumbprint);
    const begun = this.versions.slice(index + 1).flatMap((newer) => since.get(newer.thumbprint) ?? []);
    return begun.length === 0 ? null : Math.min(...begun) + this.overlapHours * hourMs;
  }

  #mustGoAtOnce({ heldBy, thumbprint }: ModelVersion): boolean {
    const { holders } = this;
    const left = holders !== null && [...heldBy].some((name) => !holders.includes(name));
    return left || this.compromised.includes(thumbprint);
  }

  /** What the state still remembers. */
  #known(): readonly ModelVersion[] {
    return this.current === undefined ? [] : [this.current, ...this.previous()];
  }

  #isRevoked(thumbprint: string): boolean {
    return this.previous().some((one) => one.revoked && one.thumbprint === thumbprint);
  }

  #ours(thumbprints: readonly string[]): readonly string[] {
    return thumbprints.filter((one) => this.#version(one) !== undefined);
  }

  #version(thumbprint: string): ModelVersion | undefined {
    return this.versions.find((one) => one.thumbprint === thumbprint);
  }

  #door(door: number): ModelDoor {
    const found = this.doors[door];
    if (found === undefined) {
      throw new TypeError(`there is no door ${door}`);
    }
    return found;
  }
}

function newDoor(linked: boolean): ModelDoor {
  return { linked, foreign: new Set(), byHand: false, firstThere: new Map(), confirmed: new Map() };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
