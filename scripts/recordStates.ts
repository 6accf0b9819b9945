// Records the states that this version writes, for later ones to read: `npm run record:states`, once for each release.
// test/scenarios/earlierStates.test.ts reads all of them.
import { version } from "../package.json";
import { hosts } from "../test/support/project";
import { recordState, rotatedStack } from "../test/support/recordedStates";

async function record(): Promise<void> {
  for (const host of hosts) {
    const world = await rotatedStack(host);
    try {
      await recordState(world, version, host);
    } finally {
      await world.stop();
    }
  }
}

void record();
