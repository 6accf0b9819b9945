import { z } from "zod";
import { defaultLeaversLimitPercent } from "../../defaults";
import { certificateLimit, idForm, personName, subscriptionGuid } from "../../rosterFile/rosterSchema";
import type { ResourceDefinition } from "../definition";
import { isoDate, thumbprint } from "../fields";

const id = (what: string) =>
  z.string({ error: `${what} must be a text` }).regex(idForm, {
    error: `${what} must be 1 to 64 lower-case letters, digits, dots, dashes and underscores`,
  });
const idsOf = (what: string, description: string) =>
  z.array(id(what), { error: `${what} must be a list of names` }).describe(description);

const rosterShape = z
  .strictObject(
    {
      subscriptions: z
        .array(
          z.strictObject({
            name: id("a subscription's name").describe("As people call it, as `production`."),
            subscriptionId: subscriptionGuid.describe("Its GUID."),
            certificateLimit: certificateLimit.describe("Certificates that it takes."),
            administrator: personName
              .optional()
              .describe("The service administrator whose allowance its certificates count against."),
          }),
        )
        .describe("What people and groups open."),
      people: z
        .array(
          z.strictObject({
            id: id("a person's id").describe("Stays when the name changes."),
            name: personName.describe("As people call them."),
            subscriptions: idsOf("subscriptions", "Names of the subscriptions that they open with a key of their own."),
            certificates: z
              .array(
                z.strictObject({
                  id: id("a certificate's id").describe("Among those of its person, as `yubikey`."),
                  thumbprint: thumbprint("thumbprint").describe("SHA-1 of its DER, upper-case hexadecimal."),
                  notAfter: isoDate.describe("When it expires, ISO 8601 in UTC."),
                  subscriptions: idsOf("subscriptions", "Names of the subscriptions that accept it."),
                }),
              )
              .optional()
              .describe("Certificates that they brought along."),
          }),
        )
        .describe("Everybody. Who is not here any more has left."),
      groups: z
        .array(
          z.strictObject({
            id: id("a group's id").describe("As `on-call`."),
            members: idsOf("members", "Ids of the people who share its key."),
            subscriptions: idsOf("subscriptions", "Names of the subscriptions that the shared key opens."),
          }),
        )
        .describe("Who shares a key."),
    },
    { error: "roster must be { subscriptions, people, groups }" },
  )
  .describe("Who works here, and which doors they open.");

export const rosterSnapshotInputs = z.strictObject({
  roster: rosterShape,
  expected: z
    .strictObject(
      {
        leavers: idsOf("leavers", "Ids of people who are known to leave with this change. Default: `[]`.").default([]),
        closedSubscriptions: z
          .array(z.string({ error: "closedSubscriptions must be a list of names or GUIDs" }).toLowerCase(), {
            error: "closedSubscriptions must be a list of names or GUIDs",
          })
          .default([])
          .describe("Names or GUIDs of subscriptions that nobody of the roster is to open any more. Default: `[]`."),
      },
      { error: "expected must be { leavers, closedSubscriptions }" },
    )
    .default({ leavers: [], closedSubscriptions: [] })
    .describe("What would be refused as a mistake, and is meant. Default: nothing."),
  leaversLimitPercent: z
    .number({ error: "leaversLimitPercent must be a number" })
    .min(0, { error: "leaversLimitPercent must be 0 to 100" })
    .max(100, { error: "leaversLimitPercent must be 0 to 100" })
    .default(defaultLeaversLimitPercent)
    .describe(
      `How many of 100 people may leave in one change without being among \`expected.leavers\`. Default: ${defaultLeaversLimitPercent}.`,
    ),
  resourceName: z.string(),
});

const rosterSnapshotOutputs = z.object({
  roster: rosterShape,
  peopleCount: z.number().describe("People in the roster."),
  certificateCount: z
    .number()
    .describe(
      "Certificates that the roster asks for: one for each person and group with doors, and each that somebody brought along.",
    ),
});

/** What state holds. */
export const rosterSnapshotState = rosterSnapshotOutputs.extend({ resourceName: z.string() });

export const rosterSnapshotDefinition: ResourceDefinition = {
  type: "RosterSnapshot",
  description:
    "What a roster said when it was last applied. It opens nothing itself: it compares a new roster with the one before, says in the preview whom it lets in and whom it shuts out, and refuses what looks like a file that was cut short. A `CertificateRoster` registers one, and everything of the roster depends on it, so that nothing is changed where it refuses.",
  inputs: rosterSnapshotInputs,
  filledIn: ["resourceName"],
  spelledOut: {},
  replacedBy: [],
  outputs: rosterSnapshotOutputs,
  secretOutputs: [],
};

export type RosterSnapshotInputs = z.output<typeof rosterSnapshotInputs>;
