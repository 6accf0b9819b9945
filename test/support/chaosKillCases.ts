import { operations } from "./chaosOperations";

/**
 * Who dies. With the engine its provider dies as well, as when a machine stops; an orphan is a provider whose engine was
 * killed, that is held in a request, and goes on when the next run is done.
 */
export const victims = ["engine", "orphan", "program", "provider", "emulator"] as const;
export type Victim = (typeof victims)[number];

/** What follows the kill, by the name of the follow-up in `chaosOperations`. */
const followUpsOfKills = ["again", "removed", "leaves", "destroy"] as const;

/** Where in the course of the operation: every request has taken effect and is not answered yet. */
export type KillPoint =
  /** Before any request takes effect. */
  | { readonly kind: "start" }
  | { readonly kind: "request"; readonly index: number }
  /** The engine's own writes: before that one, or in the middle of it. */
  | { readonly kind: "write" | "half"; readonly index: number };

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
    /^(\w+)\/(\w+)@(start|request|write|half)(\d*)\/(\w+)$/.exec(name) ?? [];
  const found = victims.find((one) => one === victim);
  if (found === undefined || !operations.some((one) => one.name === operation)) {
    throw new TypeError(`${name} names no case`);
  }
  const point = kind === "start" ? { kind } : { kind: kind as "request" | "write" | "half", index: Number(index) };
  return { operation, victim: found, point: point as KillPoint, followUp };
}

/** Every place of one operation at which each of its processes can die, each with a follow-up that is drawn. */
export function killsOf(operation: string, course: ProcessCourse, random: () => number): readonly KillCase[] {
  const draw = (): string => followUpsOfKills[Math.floor(random() * followUpsOfKills.length)] ?? "again";
  const places: readonly KillPoint[] = [
    { kind: "start" },
    ...course.requests.map((_, index): KillPoint => ({ kind: "request", index })),
  ];
  const atRequests = victims.flatMap((victim) =>
    // No program runs while links are removed, be it at the end of a run or in a destroy.
    victim === "program" && (operation === "remove" || operation === "destroy")
      ? []
      : places.map((point) => ({ operation, victim, point, followUp: draw() })),
  );
  const atWrites = course.writes.flatMap((write, index): readonly KillCase[] => [
    { operation, victim: "engine", point: { kind: "write", index }, followUp: draw() },
    ...(write === "appendFileSync"
      ? [{ operation, victim: "engine", point: { kind: "half", index }, followUp: draw() } as const]
      : []),
  ]);
  return [...atRequests, ...atWrites];
}
