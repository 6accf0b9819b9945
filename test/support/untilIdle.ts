import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

/** Until the processes have used no time for a while: they wait for something that never comes, or have ended. */
export async function untilIdle(pids: readonly number[]): Promise<void> {
  let last = "";
  for (let still = 0; still < 10; await wait(50)) {
    const used = pids.map(timeUsed).join();
    still = used === last ? still + 1 : 0;
    last = used;
  }
}

function timeUsed(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(" ").slice(13, 15).join("+");
  } catch {
    return "ended";
  }
}
