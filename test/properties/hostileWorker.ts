import { parentPort, workerData } from "node:worker_threads";
import { readAll } from "./hostileRun";
import { makeReaders } from "./readers";

/** The run, in a thread of its own: whoever watches from outside can tell that it hangs, and its heap has a limit. */
export interface HostileOrder {
  readonly seed: number;
  /** Only this one, as `kind/number`. */
  readonly only: string | null;
  /** Kind and number of the mutation that is being read. */
  readonly progress: SharedArrayBuffer;
}

const order = workerData as HostileOrder;
const progress = new Int32Array(order.progress);
const [onlyKind, onlyNumber] = order.only?.split("/") ?? [];

for (const [index, reader] of makeReaders().entries()) {
  if (onlyKind !== undefined && onlyKind !== reader.name) {
    continue;
  }
  const all = Array.from({ length: reader.count }, (_, number) => number);
  const numbers = onlyNumber === undefined ? all : [Number(onlyNumber)];
  const report = readAll(reader, order.seed, numbers, (number) => {
    Atomics.store(progress, 0, index);
    Atomics.store(progress, 1, number);
    Atomics.add(progress, 2, 1);
    if (number % 64 === 0) {
      Atomics.store(progress, 3, Math.max(Atomics.load(progress, 3), Math.round(process.memoryUsage.rss() / 2 ** 20)));
    }
  });
  parentPort?.postMessage(report);
}
