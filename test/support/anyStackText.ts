import fc from "fast-check";
import { thumbprintOf } from "./exportTexts";

export const people = ["alice", "bob", "carol"];
const someone = fc.uniqueArray(fc.constantFrom(...people), { maxLength: 3 });
/** Certificates and links of a stack, as an export tells of them: whoever held whichever version, and links wherever. */
export const anyStackText = fc
  .array(
    fc.record({
      holders: fc.option(someone, { nil: undefined }),
      heldBy: someone,
      previous: fc.array(someone, { maxLength: 2 }),
      links: fc.array(fc.record({ door: fc.nat(3), strange: fc.boolean(), bare: fc.boolean() }), { maxLength: 4 }),
    }),
    { maxLength: 5 },
  )
  .map((made) => ({
    certificates: made.map(({ holders, heldBy, previous }, index) => ({
      name: `c${index}`,
      thumbprint: thumbprintOf(index * 16 + 1),
      ...(holders !== undefined && { holders }),
      heldBy,
      previous: previous.map((list, age) => ({ thumbprint: thumbprintOf(index * 16 + 2 + age), heldBy: list })),
    })),
    links: made.flatMap(({ links }, index) =>
      links.map(({ door, strange, bare }, number) => ({
        name: `l${index}-${number}`,
        subscriptionId: `0000000${door}-0000-4000-8000-000000000000`,
        lineage: bare ? null : `lineage-of-c${index}`,
        thumbprint: thumbprintOf(index * 16 + 1),
        ...(strange && { registered: [thumbprintOf(index * 16 + 1), thumbprintOf(index * 16 + 15)] }),
      })),
    ),
  }));
