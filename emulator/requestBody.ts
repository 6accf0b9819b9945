import type { IncomingMessage } from "node:http";
import { serviceErrors } from "./errors";

/** An Add is about 2 KB, and fifty times that is read in a fraction of a second, however twisted its XML. */
const maximumBodyBytes = 128 * 1024;

/** A longer body is read and thrown away, so that its sender gets to see the answer; beyond this the connection is cut. */
const maximumDiscardedBytes = 64 * 1024 * 1024;

/** @throws {ServiceError} BadRequest for a body of more than 128 KiB. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > maximumDiscardedBytes) {
      request.destroy();
    } else if (size <= maximumBodyBytes) {
      chunks.push(bytes);
    }
  }
  if (size > maximumBodyBytes) {
    throw serviceErrors.badRequest("The request body is too large.");
  }
  return Buffer.concat(chunks);
}
