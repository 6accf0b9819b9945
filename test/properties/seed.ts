import { randomInt } from "node:crypto";

/** PROPERTIES=all draws another sample each time and takes more of them. A gate must not depend on luck: otherwise it is always the same one. */
export const runsAll = process.env["PROPERTIES"] === "all";
export const seed = Number(process.env["PROPERTIES_SEED"] ?? (runsAll ? randomInt(2 ** 31) : 1));
