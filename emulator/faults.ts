import { z } from "zod";

const when = z.enum(["before", "after"]);

const actionSchema = z.discriminatedUnion("kind", [
  /** TooManyRequests, with a `Retry-After` as given. */
  z.strictObject({
    kind: z.literal("throttle"),
    status: z.literal([429, 503]).optional(),
    retryAfter: z.string().optional(),
  }),
  /** Any error of the service. */
  z.strictObject({
    kind: z.literal("status"),
    status: z.int().min(400).max(599),
    code: z.string().min(1),
    message: z.string(),
  }),
  /** The connection breaks before the request has any effect, or after it took effect and instead of the answer. */
  z.strictObject({ kind: z.literal("reset"), when }),
  /** The request takes effect; half of the answer's body arrives, then the connection breaks. */
  z.strictObject({ kind: z.literal("truncate") }),
  /** 307. An origin without a path gets the path of the request. */
  z.strictObject({ kind: z.literal("redirect"), location: z.url({ protocol: /^https?$/ }) }),
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
      subscriptionId: z.guid().toLowerCase().optional(),
      pathContains: z.string().optional(),
    })
    .default({}),
  /** How many matching requests it meets. */
  times: z.int().min(1).default(1),
  /** How many matching requests it lets pass first. */
  skip: z.int().min(0).default(0),
  do: actionSchema,
});

/** A script of faults, as a file or a program gives it. */
export const faultListSchema = z.array(faultSchema);

/** One scripted fault: which requests, how often, and what happens to them. */
export type Fault = z.input<typeof faultSchema>;
export type FaultAction = z.output<typeof actionSchema>;

interface FaultTarget {
  readonly method: string;
  readonly path: string;
  /** Lower-case. */
  readonly subscriptionId: string | null;
}

/** The faults still to come. Each request meets at most one: the first in the script that matches and is due. */
export class FaultScript {
  #pending: { readonly fault: z.output<typeof faultSchema>; skip: number; times: number }[] = [];

  /** Replaces the script; an empty one ends all misbehaviour. @throws {ZodError} for what is no fault. */
  replace(faults: readonly Fault[]): void {
    this.#pending = faultListSchema.parse(faults).map((fault) => ({ fault, skip: fault.skip, times: fault.times }));
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
