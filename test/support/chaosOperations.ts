import type { Values } from "../../provider/resources/lifecycle";

/** What a program asks for: certificates with their inputs, and links with the name of their certificate. */
export interface Program {
  readonly certificates: Readonly<Record<string, Values>>;
  readonly links: Readonly<Record<string, string>>;
}

/** A program with its state, whatever runs it: the lifecycles in this process, or an engine with processes of its own. */
export interface ChaosStack {
  /** An empty one is not run: its stack is destroyed. */
  program: Program;
  readonly now: Date;
  at(date: string | Date): void;
  /** Outputs of a resource as the state has them. */
  stored(name: string): Values | undefined;
  /** Makes everything as the program says, undisturbed. @throws what failed */
  succeed(): Promise<void>;
}

/** What is done while something goes wrong. */
export interface Operation {
  readonly name: string;
  /** Brings a fresh program to where the operation begins, undisturbed. */
  readonly before: (stack: ChaosStack) => Promise<void>;
  /** What the operation changes: the program, the day. */
  readonly change: (stack: ChaosStack) => void;
}

const nothing: Program = { certificates: {}, links: {} };
const both = { holders: ["alice", "bob"] };
const issued = "2027-01-01T00:00:00Z";
const rotated = "2027-09-05T00:00:00Z";
const duringOverlap = "2027-09-06T00:00:00Z";
const afterOverlap = "2027-09-13T00:00:00Z";

async function begin(stack: ChaosStack, links: Readonly<Record<string, string>>): Promise<void> {
  stack.at(issued);
  stack.program = { certificates: { a: both, b: both }, links };
  await stack.succeed();
}

async function beginRotated(stack: ChaosStack): Promise<void> {
  await begin(stack, { "link-a": "a" });
  stack.at(rotated);
  await stack.succeed();
}

function holds(stack: ChaosStack, holders: readonly string[]): void {
  const { certificates, links } = stack.program;
  stack.program = {
    links,
    certificates: Object.fromEntries(Object.entries(certificates).map(([name, one]) => [name, { ...one, holders }])),
  };
}

export const operations: readonly Operation[] = [
  {
    name: "create",
    before: (stack) => begin(stack, {}),
    change: (stack) => {
      stack.program = { ...stack.program, links: { "link-a": "a" } };
    },
  },
  {
    name: "rotate",
    before: (stack) => begin(stack, { "link-a": "a" }),
    change: (stack) => stack.at(rotated),
  },
  { name: "retire", before: beginRotated, change: (stack) => stack.at(afterOverlap) },
  {
    name: "leave",
    before: beginRotated,
    change: (stack) => {
      stack.at(duringOverlap);
      holds(stack, ["alice"]);
    },
  },
  {
    name: "compromise",
    before: beginRotated,
    change: (stack) => {
      stack.at(duringOverlap);
      const [previous] = (stack.stored("a")?.["previous"] ?? []) as { thumbprint: string }[];
      const { a, b } = stack.program.certificates;
      stack.program = {
        ...stack.program,
        certificates: { a: { ...a, compromised: [previous?.thumbprint] }, b: b ?? {} },
      };
    },
  },
  {
    name: "remove",
    before: beginRotated,
    change: (stack) => {
      stack.at(duringOverlap);
      stack.program = { ...stack.program, links: {} };
    },
  },
  {
    name: "destroy",
    before: beginRotated,
    change: (stack) => {
      stack.at(duringOverlap);
      stack.program = nothing;
    },
  },
  {
    name: "two",
    before: (stack) => begin(stack, { "link-a": "a" }),
    change: (stack) => {
      stack.at(rotated);
      stack.program = { ...stack.program, links: { "link-a": "a", "link-b": "b" } };
    },
  },
];

/** What comes after the operation that went wrong. */
export const followUps: Readonly<Record<string, (stack: ChaosStack) => void>> = {
  again: () => {},
  removed: (stack) => {
    stack.program = { ...stack.program, links: {} };
  },
  leaves: (stack) => {
    const { a } = stack.program.certificates;
    holds(stack, ((a?.["holders"] ?? []) as string[]).slice(0, -1));
  },
  destroy: (stack) => {
    stack.program = nothing;
  },
  due: (stack) => {
    const { certificates, links } = stack.program;
    stack.at(new Date(stack.now.getTime() + 24 * 3_600_000));
    stack.program = {
      links,
      certificates: Object.fromEntries(
        Object.entries(certificates).map(([name, one]) => [name, { ...one, rotationTriggers: { again: "1" } }]),
      ),
    };
  },
};
