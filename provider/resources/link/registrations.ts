import type { Registration } from "../../rotation/types";
import { dateOf } from "../fields";
import type { RecordedRegistration } from "./linkDefinition";

/** What a state knows to be there, as far as it was looked at. */
export function recordedThere(registered: readonly RecordedRegistration[]): readonly RecordedRegistration[] {
  return registered.filter(({ missingSince }) => missingSince == null);
}

/** For decisions: a version that was found missing has begun no overlap of its predecessor. */
export function registrationsThere(registered: readonly RecordedRegistration[]): readonly Registration[] {
  return recordedThere(registered).map(registrationOf);
}

/** From state's JSON to the decisions' values. */
export function registrationOf(recorded: RecordedRegistration): Registration {
  return {
    thumbprint: recorded.thumbprint,
    registeredAt: dateOf(recorded.registeredAt),
    retireAt: recorded.retireAt == null ? null : dateOf(recorded.retireAt),
    origin: recorded.origin,
  };
}
