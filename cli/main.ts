#!/usr/bin/env node
import { printError } from "./output";
import { problemWithNode } from "./supportedNode";

const problem = problemWithNode(process.versions.node);
if (problem === null) {
  // Loaded only now: on an older Node.js the loading itself would fail.
  void import("./program.js").then(async ({ run }) => {
    process.exitCode = await run(process.argv.slice(2));
  });
} else {
  printError(problem);
  process.exitCode = 1;
}
