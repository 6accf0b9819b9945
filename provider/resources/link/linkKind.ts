import type { z } from "zod";
import type { Configured } from "../context";
import type { ResourceDefinition } from "../definition";
import type { CheckFailure, PropertyChange, Values } from "../lifecycle";
import type { Door } from "./door";
import type { givenCertificateShape, linkRulesShape, registeredShape, rememberedShape } from "./linkDefinition";

type InputShape = typeof givenCertificateShape & ReturnType<typeof linkRulesShape>;
type StateShape = ReturnType<typeof registeredShape> & typeof rememberedShape & { certificateCount: z.ZodType<number> };

/** What tells one kind of link from another: where its door is, and how a program says so. */
export interface LinkKind {
  readonly definition: ResourceDefinition;
  readonly inputs: z.ZodObject<InputShape, z.core.$ZodObjectConfig>;
  readonly state: z.ZodObject<StateShape, z.core.$ZodObjectConfig>;
  /** The inputs that say where the door is, the one first that failures of the door itself are told on. */
  readonly address: readonly [string, ...string[]];
  /** Outputs that no update in place changes. */
  readonly stableOutputs: readonly string[];
  /** The door of inputs that check let pass, or of a state. */
  doorOf(values: Values, context: Configured): Door;
  /** The door as far as it is known in check, and what is wrong with the inputs that name it. */
  checkDoor(
    inputs: Values,
    context: Configured,
  ): { readonly door: Door | null; readonly failures: readonly CheckFailure[] };
  /** What the state records of where the door is; what is unknown stays so. */
  recorded(inputs: Values, context: Configured): Values;
  /** Inputs that only this kind has, and that its state repeats. */
  readonly recordedInputs: readonly string[];
  /** The changes that take another link, because its door is another one. */
  moves(state: Values, inputs: Values, context: Configured): readonly PropertyChange[];
  /** Of the door, in an id: the link's own goes on with `/` and its lineage or thumbprint. */
  idOf(values: Values): string;
  /** How such an id begins, for who wants to import one. */
  readonly idForm: { readonly begins: string; readonly example: string };
  /** The inputs that an id's first part stands for; null where it is none. */
  inputsOfId(part: string): Values | null;
  /** Certificates that the door takes. */
  limitOf(context: Configured): number;
}
