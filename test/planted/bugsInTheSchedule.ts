import type { PlantedBug } from "./plantedBug";

const maintenance = "provider/rotation/maintenance.test.ts";
const windows = "provider/schedule/maintenanceWindows.test.ts";
const schedule = "provider/resources/certificate/schedule.test.ts";

/** What could go wrong with when a rotation happens. */
export const bugsInTheSchedule: readonly PlantedBug[] = [
  {
    breaks: 6,
    bug: "a leaver's certificate waited for a maintenance window",
    file: "provider/rotation/maintenance.ts",
    code: '["renewalWindow", "age"]',
    becomes: '["renewalWindow", "age", "holderLeft"]',
    caughtBy: [
      { file: maintenance, test: "because somebody left does not wait" },
      { file: schedule, test: "does not wait when somebody leaves" },
    ],
  },
  {
    breaks: 1,
    bug: "a rotation waited for a maintenance window that leaves no time for the overlap",
    file: "provider/rotation/maintenance.ts",
    code: "return hoursAfter(notAfter, -overlapHours);",
    becomes: "return hoursAfter(notAfter, overlapHours);",
    caughtBy: [
      { file: maintenance, test: "outside of the maintenance windows a rotation" },
      { file: maintenance, test: "never later than the last window" },
      { file: schedule, test: "rather than expire" },
    ],
  },
  {
    breaks: 7,
    bug: "what was remembered of a maintenance window counted for any other moment",
    file: "provider/schedule/maintenanceWindows.ts",
    code: "fromMs <= momentMs && momentMs < toMs",
    becomes: "fromMs <= momentMs && fromMs < toMs",
    caughtBy: [{ file: windows, test: "" }],
  },
  {
    breaks: 7,
    bug: "an hour that the clocks go through twice opened a maintenance window twice",
    file: "provider/schedule/calendar.ts",
    code: ', fixedTimeRule: "no-wildcard"',
    becomes: "",
    caughtBy: [{ file: windows, test: "also in a list of hours" }],
  },
  {
    breaks: 7,
    bug: "an update forgot what was drawn for the spread",
    file: "provider/resources/certificate/certificateVersions.ts",
    code: "renewalTime: renewalTimeOf(dateOf(state.notAfter), inputs, state.spreadFraction ?? 0),",
    becomes: "renewalTime: renewalTimeOf(dateOf(state.notAfter), inputs, 0),",
    caughtBy: [{ file: schedule, test: "is drawn anew with each version, and by nothing else" }],
  },
  {
    breaks: 7,
    bug: "a spread made a certificate due later than without it",
    file: "provider/rotation/schedule.ts",
    code: "hoursAfter(issuedAt, rotateEveryHours - spread)",
    becomes: "hoursAfter(issuedAt, rotateEveryHours + spread)",
    caughtBy: [
      { file: "provider/rotation/schedule.test.ts", test: "a schedule" },
      { file: schedule, test: "counts for the age as well" },
    ],
  },
];
