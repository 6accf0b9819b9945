import { afterEach, describe, expect, it } from "vitest";
import { stages } from "./engine";
import type { Tally } from "./probe";
import type { ProbedDoors } from "./probedDoors";
import { ProbedStack } from "./probedStack";
import type { Host } from "./project";

/** A busy machine makes each of the thousands of handshakes slower. */
const timeoutMs = 300_000;

const early = (why: string) => `rotationTriggers: { why: "${why}" }`;
const badRequest = { kind: "status", status: 400, code: "BadRequest", message: "not today" } as const;

type Story = "scheduled" | "early" | "leaver" | "targets";

/** Declares the stories for doors of one kind. @param runs whether a story runs with a host: each takes its time */
export function accessStories(kind: ProbedDoors, runs: (story: Story, host: Host) => boolean): void {
  describe.each(stages())(`at ${kind.title}, on the $title, whoever signs in all the time`, (engine) => {
    const story = (name: Story) => it.runIf(runs(name, engine.host));

    let stack: ProbedStack;
    afterEach(() => stack.stop());

    const adding = (door: number) => kind.adding(stack.door(door));
    const removing = (door: number) => kind.removing(stack.door(door));
    const removingAfterAdding = (door: number) => kind.removingAfterAdding(stack.door(door));

    /** A run in which the probe was not there proves nothing. */
    function expectNoViolation({ title, moments, rounds, signIns, violations }: Tally): void {
      expect(violations.slice(0, 10), title).toEqual([]);
      expect(rounds, `rounds during ${title}`).toBeGreaterThanOrEqual(4);
      expect(moments.size, `moments between two changes during ${title}`).toBeGreaterThanOrEqual(2);
      expect(signIns.consumer.accepted, `sign-ins of consumers during ${title}`).toBeGreaterThanOrEqual(10);
    }

    async function update(title: string): Promise<Tally> {
      const { outcome, tally } = await stack.update(title);
      expectNoViolation(tally);
      expect(outcome.succeeded, outcome.text).toBe(true);
      expect(stack.outdatedConsumers(), title).toEqual([]);
      return tally;
    }

    async function failingUpdate(
      title: string,
      targets?: readonly string[],
    ): Promise<Tally & { readonly text: string }> {
      const { outcome, tally } = await stack.update(title, targets === undefined ? {} : { targets });
      expectNoViolation(tally);
      expect(outcome.succeeded, outcome.text).toBe(false);
      return { ...tally, text: outcome.text };
    }

    story("scheduled")(
      "is let in through a scheduled rotation that fails half-way, its repetition and the retirement",
      async () => {
        stack = await ProbedStack.start(engine, kind, {
          service: { args: "", doors: [0, 1, 2] },
          batch: { args: "", doors: [0, 1] },
        });
        await stack.begin();

        stack.at("2027-09-05");
        stack.misbehave([
          { ...adding(0), times: 2, do: { kind: "slow", milliseconds: 500, when: "after" } },
          { ...adding(1), do: { kind: "throttle", retryAfter: "1" } },
          { ...adding(2), do: { kind: "status", status: 500, code: "InternalError", message: "again" } },
          { ...adding(2), do: badRequest },
        ]);
        const half = await failingUpdate("the rotation that fails half-way");
        expect(half.mixedRounds).toBeGreaterThan(0);
        expect(stack.outdatedConsumers()).toContain("service");
        stack.at("2027-09-07");
        const repeated = await update("the rotation, repeated");
        expect(repeated.mixedRounds).toBeGreaterThan(0);
        expect(repeated.signIns.predecessor.accepted).toBeGreaterThan(0);

        stack.at("2027-09-12");
        stack.misbehave([
          { ...removing(0), do: { kind: "slow", milliseconds: 500 } },
          { ...removing(1), do: { kind: "throttle", retryAfter: "1" } },
        ]);
        const retired = await update("the retirement");
        expect(retired.signIns.gone).toMatchObject({ accepted: 0 });
        expect(retired.signIns.gone.refused).toBeGreaterThan(0);
      },
      timeoutMs,
    );

    story("early")(
      "is let in through early rotations within an overlap, a killed engine and two retirements",
      async () => {
        const doors = [0, 1, 2];
        stack = await ProbedStack.start(engine, kind, {
          service: { args: "", doors },
          batch: { args: "", doors: [1] },
        });
        await stack.begin();

        stack.at("2027-02-01");
        stack.change({ service: { args: early("one"), doors } });
        await update("the first early rotation");

        stack.at("2027-02-04");
        stack.change({ service: { args: early("two"), doors } });
        stack.misbehave([
          { ...adding(1), times: 2, do: { kind: "slow", milliseconds: 500 } },
          { ...adding(2), do: { kind: "throttle", retryAfter: "30" } },
        ]);
        const killed = await stack.killedUpdate("the second early rotation, whose engine is killed");
        expectNoViolation(killed);
        stack.misbehave([]);
        const finished = await update("the second early rotation, repeated");
        expect(finished.signIns.predecessor.accepted).toBeGreaterThan(0);

        stack.at("2027-02-08");
        const retired = await update("the retirement of the first certificate");
        expect(retired.signIns.gone.refused).toBeGreaterThan(0);
        expect(retired.signIns.predecessor.accepted).toBeGreaterThan(0);
        stack.at("2027-02-11");
        const last = await update("the retirement of the second");
        expect(last.signIns.gone.refused).toBeGreaterThan(retired.signIns.gone.refused / retired.rounds);
      },
      timeoutMs,
    );

    story("leaver")(
      "is not let in any more once a leaver, a compromise or a removed link was dealt with",
      async () => {
        const doors = [0, 1, 2];
        const onCall = (holders: string, more = "") => ({ args: `holders: [${holders}], ${more}`, doors });
        stack = await ProbedStack.start(engine, kind, {
          onCall: onCall('"alice", "bob"'),
          service: { args: "", doors: [0, 1] },
        });
        await stack.begin();
        stack.at("2027-02-01");
        stack.change({ onCall: onCall('"alice", "bob"', early("one")) });
        await update("the rotation after which bob holds two keys that work");

        stack.at("2027-02-03");
        stack.change({ onCall: onCall('"alice"', early("one")) });
        stack.book.revokeAll("onCall", "bob has left");
        stack.misbehave([
          { ...adding(0), do: { kind: "slow", milliseconds: 500, when: "after" } },
          { ...adding(1), do: { kind: "status", status: 500, code: "InternalError", message: "again" } },
          { ...removingAfterAdding(2), do: badRequest },
        ]);
        const half = await failingUpdate("bob leaves, and one door does not close");
        expect(half.text).toContain("STILL OPEN");
        const closed = await update("bob leaves, repeated");
        expect(closed.signIns.gone.refused).toBeGreaterThan(0);

        const { thumbprint } = stack.book.newest("service");
        stack.book.revokeAll("service", "it is compromised");
        stack.change({
          onCall: { ...onCall('"alice"', early("one")), doors: [0, 1] },
          service: { args: `compromised: ["${thumbprint}"]`, doors: [0, 1] },
        });
        const over = await update("a compromise, and a link that is removed");
        expect(over.signIns.gone).toMatchObject({ accepted: 0 });
        expect(over.signIns.gone.refused).toBeGreaterThan(0);
      },
      timeoutMs,
    );

    story("targets")(
      "is let in while only some links take part with --target",
      async () => {
        const doors = [0, 1, 2];
        stack = await ProbedStack.start(engine, kind, { service: { args: "", doors } });
        await stack.begin();

        stack.at("2027-02-01");
        stack.change({ service: { args: early("one"), doors } });
        const partial = await failingUpdate("a rotation of one link", stack.urns("service", "service-0"));
        expect(partial.text).toContain("is not handed out");
        expect(partial.mixedRounds).toBeGreaterThan(0);
        expect(stack.outdatedConsumers()).toEqual(["service"]);
        await update("the rotation of the others");

        stack.at("2027-02-08");
        const { outcome, tally } = await stack.update("the retirement on one door", {
          targets: stack.urns("service-1"),
        });
        expect(outcome.succeeded, outcome.text).toBe(true);
        expectNoViolation(tally);
        expect(tally.signIns.predecessor.accepted).toBeGreaterThan(0);
        const rest = await update("the retirement on the others");
        expect(rest.signIns.gone.refused).toBeGreaterThan(0);
      },
      timeoutMs,
    );
  });
}
