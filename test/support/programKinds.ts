import type { Tools } from "./packedPackage";

/** A kind of program that Pulumi runs, and the tools that its project has. */
export interface ProgramKind {
  readonly kind: string;
  /** Folder below test/programs. */
  readonly program: string;
  readonly tools: Tools;
  /** The TypeScript that Pulumi then loads. */
  readonly compiler?: RegExp;
}

const typescript = (version: string): Tools => ({
  "@types/node": "@types/node",
  typescript: version,
  "ts-node": "ts-node",
});

export const typescriptKinds: readonly (ProgramKind & { readonly compiler: RegExp })[] = [
  {
    kind: "TypeScript, with the compiler that Pulumi brings where a project has none",
    program: "typescript",
    tools: {},
    compiler: /^3\.8\./,
  },
  { kind: "TypeScript 5.4", program: "typescript", tools: typescript("typescript-5.4"), compiler: /^5\.4\./ },
  { kind: "TypeScript 6", program: "typescript", tools: typescript("typescript"), compiler: /^6\./ },
];

export const programKinds: readonly ProgramKind[] = [
  { kind: "a CommonJS program", program: "commonjs", tools: {} },
  { kind: "an ES module", program: "esmodule", tools: {} },
  ...typescriptKinds,
  {
    kind: "what `pulumi new typescript` makes: a tsconfig.json, a compiler, and Pulumi's own ts-node",
    program: "typescriptTemplate",
    tools: { "@types/node": "@types/node", typescript: "typescript-5.9" },
  },
  {
    kind: "TypeScript as an ES module",
    program: "typescriptEsmodule",
    tools: typescript("typescript"),
  },
];
