import { operations } from "./chaosOperations";

/**
 * Who dies. With the engine its provider dies as well, as when a machine stops; an orphan is a provider whose engine was
 * killed, that is held in a request, and goes on when the next run is done.
 */
const dying = ["engine", "orphan", "program", "provider", "emulator"] as const;
/** Not killed: ^C in a terminal, once or twice. */
const interrupted = ["interrupted", "interruptedTwice"] as const;
/** Or the disk of the engine takes no more. */
const everyVictim = [...dying, ...interrupted, "disk"] as const;
export type Victim = (typeof everyVictim)[number];

/** What follows the kill, by the name of the follow-up in `chaosOperations`. */
const followUpsOfKills = ["again", "removed", "leaves", "destroy"] as const;

/** Where in the course of the operation: every request has taken effect and is not answered yet. */
export type KillPoint =
  /** Before any request takes effect. */
  | { readonly kind: "start" }
  | { readonly kind: "request"; readonly index: number }
  /** The engine's own writes: before that one, or in the middle of it. */
  | { readonly kind: "write" | "half"; readonly index: number }
  /** No file can grow beyond so many hundredths of the state as it was before. */
  | { readonly kind: "room"; readonly index: number };

export interface KillCase {
  readonly operation: string;
  readonly victim: Victim;
  readonly point: KillPoint;
  readonly followUp: string;
}

/** What an undisturbed operation does: its requests, and what its engine writes, by the function. */
export interface ProcessCourse {
  readonly requests: readonly string[];
  readonly writes: readonly string[];
}

export function nameOfKill({ operation, victim, point, followUp }: KillCase): string {
  return `${operation}/${victim}@${point.kind}${"index" in point ? point.index : ""}/${followUp}`;
}

/** @throws {TypeError} for what is no name of a case. */
export function killNamed(name: string): KillCase {
  const [, operation = "", victim = "", kind = "", index, followUp = ""] =
    /^(\w+)\/(\w+)@(start|request|write|half|room)(\d*)\/(\w+)$/.exec(name) ?? [];
  const found = everyVictim.find((one) => one === victim);
  if (found === undefined || !operations.some((one) => one.name === operation)) {
    throw new TypeError(`${name} names no case`);
  }
  const point =
    kind === "start" ? { kind } : { kind: kind as "request" | "write" | "half" | "room", index: Number(index) };
  return { operation, victim: found, point: point as KillPoint, followUp };
}

/** From a state that can't even be written again to a journal that runs into the limit late. */
const rooms = [50, 105, 130, 160, 190, 220];

/**
 * How many places are drawn for one operation where there are many, and much alike. The engine dies at every request: with
 * its provider at some of them, and without it, which is the harder case, at all.
 */
const drawn = { engine: 3, write: 3, half: 2, interrupted: 2, interruptedTwice: 2, disk: 2 };

/**
 * Every place between two requests of one operation, for each of its processes, and some of the others; each with a
 * follow-up that is drawn.
 */
export function killsOf(operation: string, course: ProcessCourse, random: () => number): readonly KillCase[] {
  const followUp = (): string => draw(followUpsOfKills, 1, random)[0] ?? "again";
  const requests: readonly KillPoint[] = [
    { kind: "start" },
    ...course.requests.map((_, index): KillPoint => ({ kind: "request", index })),
  ];
  const at = (victim: Victim, points: readonly KillPoint[]): readonly KillCase[] =>
    points.map((point) => ({ operation, victim, point, followUp: followUp() }));
  const writes = [...course.writes.keys()];
  const appends = writes.filter((index) => course.writes[index] === "appendFileSync");
  const numbered = (kind: "write" | "half" | "room", indexes: readonly number[]): readonly KillPoint[] =>
    draw(indexes, kind === "room" ? drawn.disk : drawn[kind], random).map((index) => ({ kind, index }));
  // No program runs while links are removed, be it at the end of a run or in a destroy.
  const mortal = dying.filter((one) => one !== "program" || (operation !== "remove" && operation !== "destroy"));
  return [
    ...mortal.flatMap((victim) => at(victim, victim === "engine" ? draw(requests, drawn.engine, random) : requests)),
    ...interrupted.flatMap((victim) => at(victim, draw(requests, drawn[victim], random))),
    ...at("engine", [...numbered("write", writes), ...numbered("half", appends)]),
    ...at("disk", numbered("room", rooms)),
  ];
}

/** Some of them, none twice. */
export function draw<T>(from: readonly T[], count: number, random: () => number): readonly T[] {
  const rest = [...from];
  return Array.from({ length: Math.min(count, from.length) }, () =>
    rest.splice(Math.floor(random() * rest.length), 1),
  ).flat();
}
