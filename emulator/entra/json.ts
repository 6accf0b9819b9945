import type { Answer } from "../plane";

export function jsonAnswer(status: number, content: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers, body: JSON.stringify(content) };
}

/** A request id as Entra and Graph write it. */
export function dashed(requestId: string): string {
  return requestId.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
