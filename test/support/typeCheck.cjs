// Type-checks files of a project, and the declarations of this package that they reach, with the compiler that the
// project's Pulumi SDK would load. Arguments: the folder, then the files.
// Prints {version, files, problems: [{file, line, message}]}.
const { createRequire } = require("node:module");
const { join, relative } = require("node:path");
const { realpathSync } = require("node:fs");

const [, , folder, ...files] = process.argv;
const project = realpathSync(folder);
const sdk = createRequire(createRequire(join(project, "index.js")).resolve("@pulumi/pulumi/tsutils"));
const ts = sdk(sdk("./tsutils").typeScriptRequireStrings().typescriptRequire);
const modern = Number(ts.versionMajorMinor) >= 4.7;

const program = ts.createProgram(
  files.map((file) => join(project, file)),
  {
    noEmit: true,
    strict: true,
    skipLibCheck: false,
    target: ts.ScriptTarget.ES2020,
    types: [],
    module: modern ? ts.ModuleKind.NodeNext : ts.ModuleKind.CommonJS,
    moduleResolution: modern ? ts.ModuleResolutionKind.NodeNext : ts.ModuleResolutionKind.NodeJs,
  },
);
const checked = program
  .getSourceFiles()
  .map((source) => ({ source, path: relative(project, source.fileName) }))
  .filter(({ path }) => files.includes(path) || path.startsWith("node_modules/pulumi-azure-certificates/"));
const problems = checked.flatMap(({ source, path }) =>
  [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map((problem) => ({
    file: path,
    line: source.getLineAndCharacterOfPosition(problem.start).line + 1,
    message: ts.flattenDiagnosticMessageText(problem.messageText, "\n"),
  })),
);
process.stdout.write(JSON.stringify({ version: ts.version, files: checked.map(({ path }) => path), problems }));
