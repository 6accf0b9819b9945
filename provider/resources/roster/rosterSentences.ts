import { broughtExpiryNoticeHours } from "../../defaults";
import { certificatesOf, type Entry, fullnessOf } from "../../roster/access";
import { changesBetween, type PersonChange } from "../../roster/changes";
import type { RosterRefusal } from "../../roster/guards";
import type { PastedCertificate, Person, Roster } from "../../roster/roster";
import { hoursAfter } from "../../rotation/schedule";
import { dayOf, listInWords } from "../../rotation/wording";

/** A check failure may name thousands of people; these are enough to see whose file it is. */
const mostNamed = 50;

/** What a roster lets in and shuts out, one sentence for each person and matter, sorted by person. */
export function changesInWords(before: Roster, after: Roster): readonly string[] {
  const groupsWithKey = new Set(certificatesOf(after).flatMap(({ kind, id }) => (kind === "group" ? [id] : [])));
  return changesBetween(before, after).flatMap((change) => [
    ...opened(change),
    ...change.openedWith.map((one) => `opens: ${who(change)} brings ${pastedInWords(one)}, into ${doorsOf(one)}`),
    ...closed(change),
    ...change.closedTo.map((one) => `closes: ${pastedInWords(one)} of ${who(change)} no longer opens ${doorsOf(one)}`),
    ...change.leftGroups.map((group) => leftGroup(change, group, groupsWithKey.has(group))),
  ]);
}

function opened(change: PersonChange): readonly string[] {
  const doors = change.opened.map(({ subscription, by }) => `${subscription} (${keysOf(by)})`);
  if (doors.length === 0) {
    return change.kind === "joined" ? [`${who(change)} is new, and gets in nowhere`] : [];
  }
  const isNew = change.kind === "joined" ? "is new, and gets" : "gets";
  return [`opens: ${who(change)} ${isNew} into ${listInWords(doors)}`];
}

function closed(change: PersonChange): readonly string[] {
  const doors = listInWords(change.closed);
  if (change.kind === "left") {
    return [`closes: ${who(change)} left${doors === "" ? ", and got in nowhere" : `, and loses ${doors}`}`];
  }
  return doors === "" ? [] : [`closes: ${who(change)} stays, and loses ${doors}`];
}

function leftGroup(change: PersonChange, group: string, hasKey: boolean): string {
  const then = hasKey ? "its key is replaced, and what they knew of it is revoked" : "its certificate is removed";
  return `closes: ${who(change)} is no longer in ${group}: ${then}`;
}

function pastedInWords({ id, thumbprint }: PastedCertificate): string {
  return `the certificate ${id} (${thumbprint})`;
}

function doorsOf({ subscriptions }: PastedCertificate): string {
  return listInWords(subscriptions);
}

function keysOf({ own, pasted, groups }: Entry): string {
  return listInWords([...(own ? ["own key"] : []), ...pasted, ...groups.map((group) => `key of ${group}`)]);
}

function who({ person: id, name }: { readonly person: string; readonly name: string }): string {
  return `${id} (${name})`;
}

/** Why nothing is changed, who it would have been, and how to say that it is meant. */
export function refusalInWords(refusal: RosterRefusal, leaversLimitPercent: number): string {
  switch (refusal.reason) {
    case "nobodyIsLeft":
      return "there is nobody in the roster. A file that is empty or was cut short removes no one: list the people, or take the CertificateRoster out of the program";
    case "manyLeave": {
      const { leavers, people } = refusal;
      return `${leavers.length} of ${people} people would leave at once, more than the ${leaversLimitPercent} % that pass without a word: ${namesOf(leavers)}. If the file was cut short, mend it. If they left, list their ids under \`expected: { leavers: [...] }\` in the roster`;
    }
    case "nobodyOpens": {
      const { subscription, subscriptionId, holders } = refusal;
      return `nobody of the roster would open ${subscription} (${subscriptionId}) any more; today ${namesOf(holders.map((id) => ({ id })))} can. If that is meant, add it to \`expected: { closedSubscriptions: [...] }\` in the roster`;
    }
  }
}

function namesOf(people: readonly (Pick<Person, "id"> & Partial<Person>)[]): string {
  const named = people.slice(0, mostNamed).map(({ id, name }) => (name === undefined ? id : `${id} (${name})`));
  const rest = people.length - named.length;
  return rest > 0 ? `${named.join(", ")} and ${rest} more` : listInWords(named);
}

/** What people brought and will have to bring anew, because nothing here can renew it; by person. */
export function expiriesInWords({ people }: Roster, now: Date): readonly string[] {
  const soon = hoursAfter(now, broughtExpiryNoticeHours);
  return people.flatMap(({ id: person, name, certificates = [] }) =>
    certificates
      .map(({ id, notAfter }) => ({ id, notAfter: new Date(notAfter) }))
      .filter(({ notAfter }) => notAfter <= soon)
      .map(({ id, notAfter }) => {
        const whose = `the certificate ${id} of ${who({ person, name })}`;
        return notAfter <= now
          ? `${whose} expired on ${dayOf(notAfter)}: take it out, or put another one in its place`
          : `${whose} expires on ${dayOf(notAfter)}, and nothing here can renew it: another one has to be in its place by then`;
      }),
  );
}

/** What is about to be too full, with what could be done; empty where all have room for an overlap of everything. */
export function fullnessInWords(roster: Roster): readonly string[] {
  return fullnessOf(roster)
    .filter(({ duringOverlap, certificateLimit }) => duringOverlap > certificateLimit)
    .map(({ kind, name, certificates, duringOverlap, certificateLimit }) => {
      const whose = kind === "subscription" ? name : `the subscriptions of the administrator ${name}`;
      const now = `${certificates} of ${certificateLimit} certificates, ${duringOverlap} while all of them rotate`;
      const shareable = personalOn(roster, kind, name);
      const todo =
        shareable.length < 2
          ? ""
          : `. Of those, ${shareable.length} are personal: ${namesOf(shareable.map((id) => ({ id })))} could share the certificate of a group`;
      return `${whose} would hold ${now}: ${certificates > certificateLimit ? "that is more than it takes" : "some rotations would find no room"}${todo}`;
    });
}

function personalOn(roster: Roster, kind: "subscription" | "administrator", name: string): readonly string[] {
  const names = new Set(
    roster.subscriptions
      .filter((subscription) => (kind === "subscription" ? subscription.name : subscription.administrator) === name)
      .map((subscription) => subscription.name),
  );
  return roster.people.filter(({ subscriptions }) => subscriptions.some((one) => names.has(one))).map(({ id }) => id);
}
