import type { Figure } from "./figure";
import { measureIssuing } from "./issuing";
import { measureRefreshRequests } from "./refreshRequests";
import { measureReportPage } from "./reportPage";
import { measureScale } from "./scale";
import { measureStart } from "./start";
import { measureStateSize } from "./stateSize";
import { measureThrottle } from "./throttle";

/** A group of figures that are measured together, in a process of their own. */
export interface Measurement {
  readonly name: string;
  readonly title: string;
  readonly measure: () => Promise<readonly Figure[]>;
}

/** In the order in which they run. */
export const measurements: readonly Measurement[] = [
  { name: "issuing", title: "Issuing certificates", measure: measureIssuing },
  { name: "throttle", title: "Under a limit of requests", measure: measureThrottle },
  { name: "scale", title: "Preview and unchanged update", measure: measureScale },
  { name: "state", title: "Size of the state", measure: measureStateSize },
  { name: "refresh", title: "Requests of a refresh", measure: measureRefreshRequests },
  { name: "report", title: "A report of 5,000 people on 200 subscriptions", measure: measureReportPage },
  { name: "start", title: "Start", measure: measureStart },
];
