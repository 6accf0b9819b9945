import { type Doors, firstLine } from "./doors";
import { type HeldLink, type Holdings, isOf, thumbprintsOf } from "./holdings";
import { nameOfPlace } from "./place";
import type { OffboardReport } from "./report";

/**
 * Takes what these links registered off their doors, without an engine and as their deletion would: never the last valid
 * certificate of a door, nor the one that signs in.
 *
 * @returns why it did not work, by the link's URN
 */
export async function closeLinks(links: readonly HeldLink[], doors: Doors): Promise<ReadonlyMap<string, string>> {
  const failures = new Map<string, string>();
  await Promise.all(
    links.map(async (link) => {
      try {
        await doors.close(link);
      } catch (error) {
        failures.set(link.urn, firstLine(error));
      }
    }),
  );
  return failures;
}

/** Links of what is the person's alone to doors that still accept it. */
export function openLinks({ doors }: OffboardReport, { certificates, links }: Holdings): readonly HeldLink[] {
  return links.filter((link) =>
    certificates.some(
      (certificate) =>
        certificate.own &&
        isOf(certificate, link) &&
        doors
          .filter(({ place }) => nameOfPlace(place) === nameOfPlace(link.place))
          .some(({ rows }) =>
            rows.some(
              ({ status, thumbprint, certificate: name }) =>
                status === "open" && (name === certificate.name || thumbprintsOf(certificate).includes(thumbprint)),
            ),
          ),
    ),
  );
}
