import { z } from "zod";
import { windowFields, windowList } from "../schedule/windowFields";

/** A roster file as it is written. What it says across sections (who is a member of what) is looked at by readRoster. */

const longestName = 64;
/** Moves a cursor, turns a line around or hides it: no part of a name, and nothing to print. */
export const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** Of people, groups and subscriptions. */
export const idForm = /^[a-z0-9][a-z0-9._-]{0,63}$/;
/** Of a person, a certificate's organization, an administrator. */
export const personName = z
  .string({ error: "a name must be a text" })
  .refine((text) => text.trim() !== "" && text.length <= longestName && !invisible.test(text), {
    error: `a name has 1 to ${longestName} characters, none of them invisible`,
  });
const unknownKeys = (where: string) => (issue: { readonly code?: string; readonly keys?: readonly string[] }) =>
  issue.code === "unrecognized_keys" ? `${where} has no ${issue.keys?.join(", ")}` : undefined;
const hours = (property: string) =>
  z
    .number({ error: `${property} must be a number of hours` })
    .positive({ error: `${property} must be more than 0 hours` });

export const rotationShape = {
  validityPeriodHours: hours("validityPeriodHours").optional(),
  renewBeforeHours: hours("renewBeforeHours").optional(),
  rotateEveryHours: hours("rotateEveryHours").optional(),
  overlapHours: hours("overlapHours").optional(),
  // Nothing, where the defaults of the file say otherwise.
  spreadHours: z
    .number({ error: "spreadHours must be a number of hours" })
    .min(0, { error: "spreadHours must be 0 hours or more" })
    .optional(),
  maintenanceWindows: windowList(
    z.strictObject(windowFields, {
      error: (issue) =>
        unknownKeys("a maintenance window")(issue) ??
        "a maintenance window is { cron: text, durationHours: number, timeZone: text }",
    }),
  ).optional(),
};
export const subscriptionGuid = z
  .guid({ error: "a subscription needs its GUID, as 7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b" })
  .toLowerCase();
export const certificateLimit = z
  .int({ error: "certificateLimit must be a whole number" })
  .min(1, { error: "certificateLimit must be at least 1" });
const references = (what: string) =>
  z.array(z.string({ error: `${what} must be a list of names` }), { error: `${what} must be a list of names` });

const pastedCertificate = z.strictObject(
  {
    subscriptions: references("subscriptions"),
    certificatePem: z
      .string({ error: "certificatePem must be a certificate in PEM" })
      .describe("The certificate alone, PEM. A private key is refused: it stays with the person."),
  },
  {
    error: (issue) =>
      unknownKeys("a certificate")(issue) ?? "a certificate is { subscriptions: [names], certificatePem: text }",
  },
);

export const rosterSchema = z.strictObject(
  {
    defaults: z
      .strictObject(
        { ...rotationShape, certificateLimit: certificateLimit.optional(), organization: personName.optional() },
        { error: unknownKeys("defaults") },
      )
      .default({})
      .describe("What holds where a person, a group or a subscription says nothing else."),
    expected: z
      .strictObject(
        {
          leavers: references("leavers").default([]).describe("Ids of people who left."),
          closedSubscriptions: references("closedSubscriptions")
            .default([])
            .describe("Names or GUIDs of subscriptions that nobody is to open any more."),
        },
        { error: unknownKeys("expected") },
      )
      .default({ leavers: [], closedSubscriptions: [] })
      .describe("What would be refused as a mistake, and is meant. Take it out again once it is done."),
    subscriptions: z
      .record(
        z.string(),
        z.union(
          [
            subscriptionGuid.transform((id) => ({ id, certificateLimit: undefined, administrator: undefined })),
            z.strictObject({
              id: subscriptionGuid,
              certificateLimit: certificateLimit.optional(),
              administrator: personName.optional(),
            }),
          ],
          {
            error: "a subscription is its GUID, or { id: GUID, certificateLimit: number, administrator: text }",
          },
        ),
        { error: "subscriptions must name at least one subscription with its GUID" },
      )
      .describe("By the name that people and groups call them."),
    people: z
      .record(
        z.string(),
        z.strictObject(
          {
            name: personName,
            subscriptions: references("subscriptions")
              .default([])
              .describe("Opened by a certificate that is made and rotated here."),
            certificates: z
              .record(z.string(), pastedCertificate, {
                error: "certificates must list what the person brings, by an id",
              })
              .default({})
              .describe("Made elsewhere, as on a smart card: they open doors, and nothing here rotates them."),
            ...rotationShape,
          },
          { error: (issue) => unknownKeys("a person")(issue) ?? "a person is { name: text, subscriptions: [names] }" },
        ),
        { error: "people must list everybody by their id" },
      )
      .describe("By their id, which stays when a name changes. Who is taken out has left."),
    groups: z
      .record(
        z.string(),
        z.strictObject(
          { members: references("members"), subscriptions: references("subscriptions"), ...rotationShape },
          {
            error: (issue) => unknownKeys("a group")(issue) ?? "a group is { members: [ids], subscriptions: [names] }",
          },
        ),
        { error: "groups must list the groups by their id" },
      )
      .default({})
      .describe("By their id. Each shares one certificate, which is replaced and revoked when a member leaves."),
  },
  {
    error: (issue) =>
      unknownKeys("a roster")(issue) ?? "a roster has subscriptions, people and groups: this file has nothing",
  },
);
export type RosterContent = z.output<typeof rosterSchema>;
