// What the errors of the package mean, from the comments beside them.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const source = readFileSync(join(__dirname, "../../provider/errors.ts"), "utf8");

const classes = [
  ...source.matchAll(
    /\/\*\* ([^\n]+) \*\/\nexport class (\w+) extends CodedError \{\n {2}readonly code = "(ERR_\w+)"/g,
  ),
].map(([, comment = "", name = "", code = ""]) => ({ comment, name, code }));
const codeOf = new Map(classes.map(({ name, code }) => [name, code]));

/** By code, in the order of `provider/errors.ts`. */
export const errorCodes: ReadonlyMap<string, string> = new Map(
  classes.map(({ code, comment }) => [
    code,
    comment.replaceAll(/\{@link (\w+)\}/g, (_link, name: string) => `\`${codeOf.get(name) ?? name}\``),
  ]),
);

if (errorCodes.size !== source.match(/ extends CodedError /g)?.length) {
  throw new Error("provider/errors.ts has an error class without a comment in one line above it");
}
