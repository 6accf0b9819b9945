// Runs one measurement in a process of its own, started by main.ts, and sends its figures there.
import { measurements } from "./measurements";

const [, , name] = process.argv;

async function run(): Promise<void> {
  const measurement = measurements.find((each) => each.name === name);
  if (measurement === undefined || process.send === undefined) {
    throw new TypeError("this file is started by bench/main.ts, with the name of a measurement");
  }
  process.send(await measurement.measure());
  process.disconnect();
}

void run();
