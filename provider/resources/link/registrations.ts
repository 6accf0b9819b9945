import type { Registration } from "../../rotation/types";
import { dateOf } from "../fields";
import type { RecordedRegistration } from "./linkDefinition";

/** What a state knows to be there. A predecessor that somebody removed is gone, and has given nobody an overlap. */
export function registrationsThere(
  registered: readonly RecordedRegistration[],
  current: string,
): readonly Registration[] {
  return registered
    .filter(({ thumbprint, missingSince }) => missingSince == null || thumbprint === current)
    .map(registrationOf);
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
