import type { ProviderClient } from "../processes/providerClient";
import type { ResourceState } from "../state/deployment";
import type { Entry } from "./resources";

/** What is to be done about one registered resource. `client` is missing for components, which nobody provides. */
export type Plan =
  | { readonly kind: "create"; readonly next: ResourceState; readonly client: ProviderClient | undefined }
  | { readonly kind: "same"; readonly old: Entry; readonly next: ResourceState }
  | {
      readonly kind: "update";
      readonly old: Entry;
      readonly next: ResourceState;
      readonly client: ProviderClient | undefined;
    }
  | {
      readonly kind: "replace";
      readonly old: Entry;
      readonly next: ResourceState;
      readonly client: ProviderClient;
      readonly deleteFirst: boolean;
    }
  /** Not among the targets and not there yet: nothing happens, and nobody may depend on it. */
  | { readonly kind: "skipCreate"; readonly next: ResourceState }
  /** Not among the targets: it and what it depends on stay as they are. */
  | { readonly kind: "untargeted"; readonly old: Entry; readonly before: readonly Entry[] };
