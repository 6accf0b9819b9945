import { z } from "zod";
import { idForm, rosterSchema } from "../../provider/rosterFile/rosterSchema";

/** What editors complete and underline in a roster file; `azure-certificates roster check` looks at more, as who is a member of what. */
export function rosterJsonSchema(): string {
  const schema = z.toJSONSchema(rosterSchema, { io: "input", target: "draft-7", override: withIds });
  return `${JSON.stringify({ ...schema, title: "People, groups and subscriptions for pulumi-azure-certificates" }, null, 2)}\n`;
}

/** Ids are looked at before any schema is, hence not in it. */
function withIds({ jsonSchema }: { readonly jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.propertyNames !== undefined) {
    jsonSchema.propertyNames = { type: "string", pattern: idForm.source };
  }
}
