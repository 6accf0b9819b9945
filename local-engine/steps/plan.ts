import type { ProviderClient } from "../processes/providerClient";
import type { ResourceState } from "../state/deployment";
import type { Entry } from "./resources";

/** What is asked about a resource: its provider answers or, for a provider resource, this engine. */
export type Lifecycle = Pick<ProviderClient, "previews" | "check" | "diff" | "create" | "update">;

/** What is to be done about one registered resource: one step or, for what exists already, to take it over before. */
export type Plan = ImportPlan | StepPlan;

/** There already, and not in the state yet. */
export interface ImportPlan {
  readonly kind: "import";
  readonly next: ResourceState;
  readonly id: string;
  readonly client: ProviderClient;
}

/** `client` is missing for components, which nobody provides. */
export type StepPlan =
  | { readonly kind: "create"; readonly next: ResourceState; readonly client: Lifecycle | undefined }
  | { readonly kind: "same"; readonly old: Entry; readonly next: ResourceState }
  | {
      readonly kind: "update";
      readonly old: Entry;
      readonly next: ResourceState;
      readonly client: Lifecycle | undefined;
      /** Which properties change, as a person is shown it. */
      readonly details: readonly string[];
    }
  | {
      readonly kind: "replace";
      readonly old: Entry;
      readonly next: ResourceState;
      readonly client: Lifecycle;
      readonly deleteFirst: boolean;
    }
  /** Not among the targets and not there yet: nothing happens, and nobody may depend on it. */
  | { readonly kind: "skipCreate"; readonly next: ResourceState }
  /** Not among the targets: it and what it depends on stay as they are. */
  | { readonly kind: "untargeted"; readonly old: Entry; readonly before: readonly Entry[] };
