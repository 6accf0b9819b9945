import { expect, it } from "vitest";
import { Slots } from "./slots";

/** Work that ends when it is told to. */
function work(log: string[], name: string): { run: () => Promise<void>; end: () => void } {
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    run: async () => {
      log.push(`begin ${name}`);
      await ended;
    },
    end,
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it("lets no more begin than there are slots, and those that wait in the order in which they came", async () => {
  const log: string[] = [];
  const slots = new Slots(2);
  const works = ["a", "b", "c", "d"].map((name) => work(log, name));
  const all = works.map(({ run }) => slots.run(run));
  await turn();
  expect(log).toEqual(["begin a", "begin b"]);
  works[1]?.end();
  await turn();
  expect(log).toEqual(["begin a", "begin b", "begin c"]);
  for (const { end } of works) {
    end();
  }
  await Promise.all(all);
  expect(log.at(-1)).toBe("begin d");
});

it("gives its slot back when the work fails", async () => {
  const slots = new Slots(1);
  await expect(slots.run(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  await expect(slots.run(async () => "yes")).resolves.toBe("yes");
});

it("is idle once nothing runs and nothing waits", async () => {
  const log: string[] = [];
  const slots = new Slots(1);
  const works = ["a", "b"].map((name) => work(log, name));
  const all = works.map(({ run }) => slots.run(run));
  let idle = false;
  const waiting = slots.idle().then(() => {
    idle = true;
  });
  works[0]?.end();
  await turn();
  expect(idle).toBe(false);
  works[1]?.end();
  await Promise.all([...all, waiting]);
  expect(idle).toBe(true);
  await slots.idle();
});
