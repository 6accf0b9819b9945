import type { Registration } from "../../rotation/types";
import { dateOf } from "../fields";
import type { RecordedRegistration } from "./linkDefinition";

/** From state's JSON to the decisions' values. */
export function registrationOf(recorded: RecordedRegistration): Registration {
  return {
    thumbprint: recorded.thumbprint,
    registeredAt: dateOf(recorded.registeredAt),
    retireAt: recorded.retireAt == null ? null : dateOf(recorded.retireAt),
    origin: recorded.origin,
  };
}
