// Type-checks a project with the compiler that the project's Pulumi SDK would load, declarations of packages included.
// Arguments: the folder, then files in it. Prints {version, problems: [{file, line, message}]}.
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
const problems = ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => ({
  file: file === undefined ? "" : relative(project, file.fileName),
  line: file === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line + 1,
  message: ts.flattenDiagnosticMessageText(messageText, "\n"),
}));
process.stdout.write(JSON.stringify({ version: ts.version, problems }));
