import fc from "fast-check";
import { faults } from "../support/chaosCases";
import type { AccessModel } from "./accessModel";
import type { AccessStack, Disturbance } from "./accessStack";

type Command = fc.AsyncCommand<AccessModel, AccessStack>;

const names = ["alice", "bob", "carol"];
const doors = fc.constantFrom(0, 1);

/** Something that happens between two updates. */
function between(name: string, happen: (model: AccessModel, stack: AccessStack) => void): Command {
  return {
    check: () => true,
    run: async (model, stack) => happen(model, stack),
    toString: () => name,
  };
}

const holders = fc.option(fc.subarray(names, { minLength: 1 }), { nil: null, freq: 8 }).map((list) =>
  between(`holders are ${list?.join(" and ") ?? "not tracked"}`, (model) => {
    model.holders = list;
  }),
);

const trigger = fc.constant(
  between("a trigger changes", (model) => {
    model.trigger++;
  }),
);

const pass = fc.constantFrom(1, 24, 100, 168, 720, 2500, 6000).map((hours) =>
  between(`${hours} hours pass`, (model, stack) => {
    model.nowMs += hours * 3_600_000;
    stack.at(model.nowMs);
  }),
);

/** Most mistakes with dates show within an hour of them. */
const passUntilOverlapEnds = fc.constantFrom(-1, 0, 1).map((hours) =>
  between(`time passes until ${hours} hours after the next end of an overlap`, (model, stack) => {
    const endMs = model.nextEndMs();
    if (endMs !== null) {
      model.nowMs = Math.max(model.nowMs, endMs + hours * 3_600_000);
      stack.at(model.nowMs);
    }
  }),
);

const overlap = fc.constantFrom(0, 24, 168, 500).map((hours) =>
  between(`the overlap is ${hours} hours`, (model) => {
    model.overlapHours = hours;
  }),
);

const age = fc.constantFrom(null, 1000).map((hours) =>
  between(hours === null ? "age does not matter" : `due after ${hours} hours`, (model) => {
    model.rotateEveryHours = hours;
  }),
);

const compromise = fc.nat(3).map((back) =>
  between(`the version ${back} before the current one is compromised`, (model) => {
    const version = model.versions.at(-1 - back);
    model.compromised = version === undefined ? [] : [...new Set([...model.compromised, version.thumbprint])];
  }),
);

const forget = fc.constant(
  between("the list of compromised ones is cleared", (model) => {
    model.compromised = [];
  }),
);

const link = fc.tuple(doors, fc.boolean()).map(([door, linked]) =>
  between(`link ${door} ${linked ? "is in" : "leaves"} the program`, (model) => {
    const found = model.doors[door];
    if (found !== undefined) {
      found.linked = linked;
    }
  }),
);

const restore = fc.boolean().map((wanted) =>
  between(`what is removed elsewhere ${wanted ? "is restored" : "fails"}`, (model) => {
    model.restore = wanted;
  }),
);

const takeByHand = fc.tuple(doors, fc.nat(4)).map(([door, index]) =>
  between(`somebody removes number ${index} from subscription ${door}`, (model, stack) => {
    const there = stack.registered(door);
    const thumbprint = there[index % Math.max(1, there.length)];
    if (thumbprint !== undefined) {
      stack.take(door, thumbprint);
      model.taken(door, thumbprint);
    }
  }),
);

const plantForeign = fc.tuple(doors, fc.nat(2)).map(([door, index]) =>
  between(`somebody registers the foreign ${index} on subscription ${door}`, (model, stack) => {
    model.planted(door, stack.plantForeign(door, index));
  }),
);

const plantOwn = fc.tuple(doors, fc.nat(3)).map(([door, back]) =>
  between(`somebody registers the version ${back} before the current one on subscription ${door}`, (model, stack) => {
    const version = model.versions.at(-1 - back);
    if (version !== undefined) {
      stack.plant(door, version.der);
      model.planted(door, version.thumbprint);
    }
  }),
);

/** An update, as it may go. */
function update(name: string, refresh: boolean, disturbance: Disturbance | null): Command {
  return {
    check: () => true,
    run: async (model, stack) => {
      const wrong = await stack.update(model, refresh, disturbance);
      if (wrong.length > 0) {
        throw new Error(wrong.join("\n"));
      }
    },
    toString: () => `${refresh ? "refresh and " : ""}${name}`,
  };
}

const undisturbed = fc.boolean().map((refresh) => update("update", refresh, null));

const disturbed = fc
  .tuple(
    fc.boolean(),
    fc.array(fc.tuple(fc.constantFrom(...Object.keys(faults)), fc.nat(5)), { minLength: 1, maxLength: 3 }),
  )
  .map(([refresh, script]) =>
    update(`update with ${script.map(([fault, skip]) => `${fault} after ${skip}`).join(", ")}`, refresh, {
      kind: "faults",
      script,
    }),
  );

const killed = fc
  .tuple(fc.boolean(), fc.nat(3), fc.constantFrom("before" as const, "after" as const))
  .map(([refresh, effect, when]) =>
    update(`update killed ${when} effect ${effect}`, refresh, { kind: "kill", effect, when }),
  );

/** What may happen, the updates often enough that little piles up between two of them. */
export const commands = [
  undisturbed,
  undisturbed,
  undisturbed,
  undisturbed,
  disturbed,
  disturbed,
  killed,
  killed,
  pass,
  passUntilOverlapEnds,
  passUntilOverlapEnds,
  trigger,
  trigger,
  holders,
  holders,
  link,
  link,
  overlap,
  age,
  compromise,
  forget,
  restore,
  takeByHand,
  plantForeign,
  plantOwn,
];
