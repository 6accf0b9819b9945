import { applicationPlane } from "../support/chaosPlane";
import { killAnywhere } from "../support/killAnywhere";

killAnywhere({
  plane: applicationPlane,
  suite: "in one process, on an application",
  file: "killAnywhereApplication",
  // A change of an application is twenty requests and more, most of them reads that have to agree.
  inFull: { singles: 120, pairs: 40 },
  inSample: { singles: 8, pairs: 2 },
});
