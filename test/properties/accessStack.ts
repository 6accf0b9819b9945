import type { Fault } from "../../emulator/faults";
import { thumbprintOf } from "../../emulator/thumbprint";
import { parseCertificate } from "../../provider/certificate/parse";
import type { Values } from "../../provider/resources/lifecycle";
import { faults, seeded } from "../support/chaosCases";
import { SmallStack } from "../support/smallStack";
import { VirtualClock } from "../support/virtualClock";
import type { AccessModel } from "./accessModel";

/** What goes wrong in one update. */
export type Disturbance =
  | { readonly kind: "faults"; readonly script: readonly (readonly [fault: string, skip: number])[] }
  /** Before a request that changes something is sent, or after it took effect and before anybody knows. */
  | { readonly kind: "kill"; readonly effect: number; readonly when: "before" | "after" };

const certificateName = "alice";

/** The product on the emulator: one certificate, and a link on each of two subscriptions. */
export class AccessStack {
  readonly #stack: SmallStack;
  readonly #foreign: readonly Buffer[];
  /** The same numbers each time, so that a sequence replays to the byte. */
  readonly #random = seeded(7);

  private constructor(stack: SmallStack, foreign: readonly Buffer[]) {
    this.#stack = stack;
    this.#foreign = foreign;
  }

  /** On an emulator of its own: one that has a past would show it in the lists that lag behind. */
  static async start(nowMs: number, foreign: readonly Buffer[]): Promise<AccessStack> {
    const subscriptions = ["5a1f1c9e-8a1b-4a5e-9f00-000000000001", "5a1f1c9e-8a1b-4a5e-9f00-000000000002"];
    return new AccessStack(await SmallStack.start(iso(nowMs), { subscriptions }), foreign);
  }

  at(nowMs: number): void {
    this.#stack.at(iso(nowMs));
  }

  registered(door: number): readonly string[] {
    return this.#stack.registered(door);
  }

  take(door: number, thumbprint: string): void {
    this.#stack.emulator.take(this.#subscription(door), thumbprint);
  }

  plant(door: number, der: Buffer): void {
    if (!this.registered(door).includes(thumbprintOf(der))) {
      this.#stack.emulator.plant(this.#subscription(door), der);
    }
  }

  /** @returns its thumbprint */
  plantForeign(door: number, index: number): string {
    const der = this.#foreign[index % this.#foreign.length];
    if (der === undefined) {
      throw new TypeError("there is no foreign certificate");
    }
    this.plant(door, der);
    return thumbprintOf(der);
  }

  async stop(): Promise<void> {
    await this.#stack.stop();
  }

  /** One update by an engine: the certificate, the links, then what left the program. @returns what is wrong with it */
  async update(model: AccessModel, refresh: boolean, disturbance: Disturbance | null): Promise<readonly string[]> {
    const before = this.#doors();
    const death = await this.#begin(disturbance);
    const failures = new Map<string, Error>();
    const attempt = async (name: string, work: () => Promise<unknown>) => {
      try {
        await work();
      } catch (error) {
        failures.set(name, error instanceof Error ? error : new Error(String(error)));
      }
    };

    for (const door of refresh ? [0, 1] : []) {
      if (this.#stack.stored(linkName(door)) !== undefined) {
        await attempt(linkName(door), () => this.#stack.refresh(linkName(door)));
      }
    }
    if (failures.size > 0) {
      this.#stack.emulator.misbehave([]);
      return disturbance === null ? [...failures.values()].map(({ message }) => `refresh failed: ${message}`) : [];
    }
    const outputs = await this.#stack.certificate(certificateName, model.wishes());
    const wrong = [...model.certified(outputs, parseCertificate(String(outputs["certificatePem"])).der)];
    const looked = new Set<string>();
    const isLinked = (door: number) => model.doors[door]?.linked === true;
    for (const [door, name] of [0, 1].filter(isLinked).map((one) => [one, linkName(one)] as const)) {
      await attempt(name, async () => {
        looked.add(name);
        const known = this.#stack.stored(name);
        if ((await this.#link(name, door, outputs, model)) === known) {
          looked.delete(name);
        }
      });
    }
    for (const name of failures.size > 0 ? [] : [0, 1].filter((door) => !isLinked(door)).map(linkName)) {
      if (this.#stack.stored(name) !== undefined) {
        await attempt(name, () => this.#stack.remove(name));
      }
    }
    this.#stack.emulator.misbehave([]);

    const after = this.#doors();
    for (const [index, { registered, known }] of before.entries()) {
      const failure = failures.get(linkName(index));
      wrong.push(
        ...model.passed({
          door: index,
          before: registered,
          after: after[index]?.registered ?? [],
          knownBefore: known,
          knownAfter: after[index]?.known ?? null,
          looked: looked.has(linkName(index)),
          refreshed: refresh && known !== null,
          ended: death.came() ? "killed" : failure === undefined ? "well" : "failed",
          failure: failure === undefined ? "" : failure.message,
          lagging: disturbance?.kind === "faults" && disturbance.script.some(([fault]) => fault === "staleList"),
          undisturbed: disturbance === null,
          complete: failures.size === 0 && !death.came(),
        }),
      );
    }
    if (failures.size === 0 && !death.came()) {
      wrong.push(...(await this.#wrongOnceMore(model)));
    }
    return wrong;
  }

  /** An update right after one that succeeded has nothing to do, and asks nobody. */
  async #wrongOnceMore(model: AccessModel): Promise<readonly string[]> {
    const { emulator } = this.#stack;
    await this.#begin(null);
    const { thumbprint } = this.#stack.stored(certificateName) ?? {};
    const outputs = await this.#stack.certificate(certificateName, model.wishes());
    for (const door of [0, 1].filter((one) => model.doors[one]?.linked)) {
      await this.#link(linkName(door), door, outputs, model);
    }
    return [
      ...(outputs["thumbprint"] === thumbprint ? [] : ["a second update rotates again"]),
      ...(emulator.journal().length === 0 ? [] : ["a second update asks the service again"]),
    ];
  }

  #link(name: string, door: number, outputs: Values, model: AccessModel): Promise<Values> {
    return this.#stack.link(name, outputs, {
      subscriptionId: this.#subscription(door),
      ...(model.restore ? { whenRemovedElsewhere: "restore" } : {}),
    });
  }

  /** A provider process of its own, with what is to go wrong in it. */
  async #begin(disturbance: Disturbance | null): Promise<{ readonly came: () => boolean }> {
    const { emulator, clock } = this.#stack;
    let effects = 0;
    const mostEffects = disturbance?.kind === "kill" ? disturbance.effect : Number.POSITIVE_INFINITY;
    const beforeEffect = async () => {
      effects++;
      if (effects === mostEffects + 1 && disturbance?.kind === "kill") {
        this.#stack.die(run);
        if (disturbance.when === "after") {
          emulator.misbehave([{ do: { kind: "reset", when: "after" } }]);
          return;
        }
      }
      if (effects > mostEffects) {
        throw new Error("the engine is gone");
      }
    };
    await this.#stack.newRun(
      new VirtualClock().ports({
        now: () => new Date(clock.now),
        randomBytes: (size) => Buffer.from(Array.from({ length: size }, () => Math.floor(this.#random() * 256))),
        beforeEffect,
      }),
    );
    const run = this.#stack.context;
    emulator.clearJournal();
    if (disturbance?.kind === "faults") {
      emulator.misbehave(disturbance.script.map(([fault, skip]) => ({ skip, do: actionOf(fault, clock.now) })));
    }
    return { came: () => effects > mostEffects };
  }

  #doors(): readonly { readonly registered: readonly string[]; readonly known: readonly Values[] | null }[] {
    return [0, 1].map((door) => {
      const state = this.#stack.stored(linkName(door));
      return {
        registered: this.registered(door),
        known: state === undefined ? null : ((state["registered"] ?? []) as Values[]),
      };
    });
  }

  #subscription(door: number): string {
    return this.#stack.emulator.subscriptions[door] ?? "";
  }
}

function actionOf(name: string, now: Date): Fault["do"] {
  const action = faults[name];
  if (action === undefined) {
    throw new TypeError(`${name} is no fault`);
  }
  return action(now);
}

function linkName(door: number): string {
  return `link-${door}`;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
