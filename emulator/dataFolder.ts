import { readFileSync } from "node:fs";
import type { z } from "zod";

/** A file of the data folder is not what the emulator once wrote there. */
export class DataFolderError extends Error {
  readonly path: string;

  constructor(path: string, problem: string) {
    super(`${path} ${problem}`);
    this.name = "DataFolderError";
    this.path = path;
  }
}

/** @throws {DataFolderError} with what is wrong, and never with what is in it: it may hold keys. */
export function readDataFile<T>(path: string, schema: z.ZodType<T>): T {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "an unknown error";
    throw new DataFolderError(path, `can't be read: ${code}`);
  }
  if (text.trim() === "") {
    throw new DataFolderError(path, "is empty");
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new DataFolderError(path, "is cut off or damaged: it is no JSON");
  }
  const parsed = schema.safeParse(content);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const problem =
      issue?.code === "custom" ? issue.message : `is damaged: ${issue?.path.join(".") || "its content"} is wrong`;
    throw new DataFolderError(path, problem);
  }
  return parsed.data;
}
