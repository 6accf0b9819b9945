import { z } from "zod";
import { cronProblem, isTimeZone } from "./calendar";

/** A shorter window is over before an update gets there. */
const shortestWindowHours = 0.25;
const longestWindowHours = 8_784;
const hoursError = `durationHours must be a number of hours, ${shortestWindowHours} to ${longestWindowHours}`;

/** A maintenance window as people write it, wherever they do. */
export const windowFields = {
  cron: z
    .string({ error: "cron must be a text" })
    .superRefine((cron, context) => {
      const problem = cronProblem(cron);
      if (problem !== null) {
        context.addIssue({ code: "custom", message: `cron ${problem}` });
      }
    })
    .describe(
      "When the window opens: minute, hour, day of month, month, day of week, as `0 22 * * SAT`. Names (`SAT`, `JAN`), lists, ranges, steps, `L` for the last and `#` for the nth of a month are understood. An hour that the clocks leave out is the moment after the gap; one that they go through twice counts once.",
    ),
  durationHours: z
    .number({ error: hoursError })
    .min(shortestWindowHours, { error: hoursError })
    .max(longestWindowHours, { error: hoursError })
    .describe(
      "Hours for which it stays open, from a quarter of one. They are hours that pass, also across a change of the clocks.",
    ),
  timeZone: z
    .string({ error: "timeZone must be a text" })
    .refine(isTimeZone, { error: "timeZone must be the name of an IANA time zone, as Europe/Berlin or UTC" })
    .default("UTC")
    .describe("IANA name of the time zone that `cron` is meant in, as `Europe/Berlin`. Default: `UTC`."),
};

/** More of them are a mistake, and each takes time in every preview. */
const mostWindows = 32;

/** @param window a schema of `windowFields` */
export function windowList<Window extends z.ZodType>(window: Window) {
  const error = `maintenanceWindows must be a list of at most ${mostWindows} windows, each { cron, durationHours, timeZone }`;
  return z.array(window, { error }).max(mostWindows, { error });
}
