import { z } from "zod";
import { inPlainWords } from "./scriptProblems";

const when = z.enum(["before", "after"]);

/** As sent, sensible or not: seconds (a bare number will do), a date, nonsense. */
const anyRetryAfter = { error: "must be a number of seconds, a date, or any other text in printable ASCII" };
const retryAfter = z.union(
  [z.string().regex(/^[\x20-\x7e]*$/, anyRetryAfter), z.number().transform(String)],
  anyRetryAfter,
);

const tenYearsSeconds = 10 * 366 * 86_400;

const actionSchema = z.discriminatedUnion("kind", [
  /** TooManyRequests, with a `Retry-After` as given. */
  z.strictObject({
    kind: z.literal("throttle"),
    status: z.literal([429, 503]).optional(),
    retryAfter: retryAfter.optional(),
  }),
  /** Any error of the service, with a `Retry-After` if one is given. */
  z.strictObject({
    kind: z.literal("status"),
    status: z.int().min(400).max(599),
    code: z.string().min(1),
    message: z.string(),
    retryAfter: retryAfter.optional(),
  }),
  /** Whoever may call is told SubscriptionDisabled, as if it had been switched off for as many requests as the fault meets. */
  z.strictObject({ kind: z.literal("disabled") }),
  /** The request takes effect; the `Date` of its answer is ahead by that many seconds, or behind if negative. */
  z.strictObject({ kind: z.literal("clockOff"), seconds: z.int().min(-tenYearsSeconds).max(tenYearsSeconds) }),
  /** The connection breaks before the request has any effect, or after it took effect and instead of the answer. */
  z.strictObject({ kind: z.literal("reset"), when }),
  /** The request takes effect; half of the answer's headers or body (the default) arrives, then the connection breaks. */
  z.strictObject({ kind: z.literal("truncate"), part: z.enum(["headers", "body"]).default("body") }),
  /** 307 to an address, or to a path on the same host. Without a path, or with `/` alone, it is the path of the request. */
  z.strictObject({
    kind: z.literal("redirect"),
    location: z
      .string()
      .refine((location) => location.startsWith("/") || /^https?:$/.test(URL.parse(location)?.protocol ?? ""), {
        error: "must be an http or https address, or a path that begins with /",
      }),
  }),
  /** A list as it was before the last changes, one by default, as from a replica that lags behind. */
  z.strictObject({ kind: z.literal("staleList"), changes: z.int().min(1).max(32).default(1) }),
  /** Waits before the request takes effect (the default), or after that and before the answer. */
  z.strictObject({ kind: z.literal("slow"), milliseconds: z.int().min(0).max(600_000), when: when.default("before") }),
]);

const faultSchema = z.strictObject({
  /** What the request must be; all that is given must hold. Default: any request. */
  match: z
    .strictObject({
      method: z.string().toUpperCase().optional(),
      subscriptionId: z.guid({ error: "must be a GUID" }).toLowerCase().optional(),
      pathContains: z.string().optional(),
    })
    .default({}),
  /** How many matching requests it meets. */
  times: z.int().min(1).default(1),
  /** How many matching requests it lets pass first. */
  skip: z.int().min(0).default(0),
  do: actionSchema,
});

const faultListSchema = z.array(faultSchema);

/** One scripted fault: which requests, how often, and what happens to them. */
export type Fault = z.input<typeof faultSchema>;
type ScriptedFault = z.output<typeof faultSchema>;
export type FaultAction = ScriptedFault["do"];

/** Reads a script from outside: its faults with their defaults, or what is wrong with it, a sentence for each mistake. */
export function readFaults(
  content: unknown,
): { readonly faults: readonly ScriptedFault[]; readonly problems: null } | { readonly problems: readonly string[] } {
  const parsed = faultListSchema.safeParse(content, { reportInput: true });
  return parsed.success
    ? { faults: parsed.data, problems: null }
    : { problems: parsed.error.issues.map((issue) => inPlainWords(issue)) };
}

interface FaultTarget {
  readonly method: string;
  readonly path: string;
  /** Lower-case. */
  readonly subscriptionId: string | null;
}

/** The faults still to come. Each request meets at most one: the first in the script that matches and is due. */
export class FaultScript {
  #pending: { readonly fault: ScriptedFault; skip: number; times: number }[] = [];

  /** Replaces the script; an empty one ends all misbehaviour. @throws {TypeError} for what is no fault. */
  replace(faults: readonly Fault[]): void {
    const read = readFaults(faults);
    if (read.problems !== null) {
      throw new TypeError(read.problems.join("\n"));
    }
    this.#pending = read.faults.map((fault) => ({ fault, skip: fault.skip, times: fault.times }));
  }

  /** What happens to a request; null: nothing out of the ordinary. */
  next(target: FaultTarget): FaultAction | null {
    for (const pending of this.#pending) {
      const { match } = pending.fault;
      const isMatch =
        pending.times > 0 &&
        (match.method === undefined || match.method === target.method) &&
        (match.subscriptionId === undefined || match.subscriptionId === target.subscriptionId) &&
        (match.pathContains === undefined || target.path.includes(match.pathContains));
      if (isMatch && pending.skip > 0) {
        pending.skip -= 1;
      } else if (isMatch) {
        pending.times -= 1;
        return pending.fault.do;
      }
    }
    return null;
  }
}
