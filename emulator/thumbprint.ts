import { createHash } from "node:crypto";

/** SHA-1 of the bytes of a certificate, upper-case hex: what the service calls it by. */
export function thumbprintOf(der: Uint8Array): string {
  return createHash("sha1").update(der).digest("hex").toUpperCase();
}
