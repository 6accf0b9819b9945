import { closeLinks } from "./closeLinks";
import type { Doors } from "./doors";
import { type Holdings, isOf } from "./holdings";
import type { KnownState } from "./knownState";
import type { OffboardReport } from "./report";
import { visitDoors } from "./visitDoors";

export interface StatesOffboarding {
  readonly states: readonly KnownState[];
  readonly holdings: Holdings;
  readonly knownStates: readonly KnownState[];
  readonly doors: Doors;
  /** Take what is theirs alone off the doors; otherwise only look. */
  readonly apply: boolean;
  readonly say: (line: string) => void;
  readonly now: () => Date;
}

/** Without any engine: what is theirs alone can be taken off the doors, what is shared takes the program to rotate. */
export async function offboardStates(work: StatesOffboarding): Promise<OffboardReport> {
  const { states, holdings, knownStates, doors, apply, say, now } = work;
  const { person } = holdings;
  const own = holdings.links.filter((link) =>
    holdings.certificates.some((certificate) => certificate.own && isOf(certificate, link)),
  );
  let failures: ReadonlyMap<string, string> = new Map();
  if (apply && own.length > 0) {
    say(`Taking what is ${person}'s alone off its doors.`);
    failures = await closeLinks(own, doors);
  }
  say("Reading every door.");
  const course = { update: null, removes: apply, declared: new Set<string>(), failures };
  return visitDoors(doors, { holdings, states, knownStates, course, now: now() });
}
