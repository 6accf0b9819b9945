import { subscriptionPlane } from "../support/chaosPlane";
import { killAnywhere } from "../support/killAnywhere";

killAnywhere({
  plane: subscriptionPlane,
  suite: "in one process",
  file: "killAnywhere.test",
  inFull: { singles: Number.POSITIVE_INFINITY, pairs: 300 },
  inSample: { singles: 30, pairs: 8 },
});
