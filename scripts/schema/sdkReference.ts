// The reference of the Node SDK in docs/nodejs/, from its types and their comments.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TypeDocOptions } from "typedoc";
import type { PluginOptions } from "typedoc-plugin-markdown";

const root = join(__dirname, "../..");

/** Every page by its path below docs/. */
export async function sdkReference(): Promise<ReadonlyMap<string, string>> {
  // Its plugin imports it too, and has to get the same one.
  const { Application } = await import("typedoc");
  const out = mkdtempSync(join(tmpdir(), "sdk-reference-"));
  try {
    const options: Partial<TypeDocOptions & PluginOptions> = {
      entryPoints: [join(root, "sdk/nodejs/index.ts"), join(root, "sdk/nodejs/native.ts")],
      out,
      tsconfig: join(root, "tsconfig.json"),
      plugin: ["typedoc-plugin-markdown"],
      name: "pulumi-azure-certificates in Node programs",
      readme: "none",
      entryFileName: "index",
      outputFileStrategy: "modules",
      flattenOutputFiles: true,
      disableSources: true,
      excludeExternals: true,
      githubPages: false,
      hidePageHeader: true,
      hideBreadcrumbs: true,
      parametersFormat: "table",
      interfacePropertiesFormat: "table",
      classPropertiesFormat: "table",
      tableColumnSettings: { hideModifiers: true, hideInherited: true, hideOverrides: true },
      // What resources are made of, not what a program writes.
      intentionallyNotExported: ["ManagementCertificateOutputs", "SubscriptionCertificateLinkOutputs"],
      treatWarningsAsErrors: true,
      logLevel: "Warn",
    };
    const application = await Application.bootstrapWithPlugins(options);
    const project = await application.convert();
    if (project === undefined) {
      throw new Error("the types of the SDK can't be read: npm run types says why");
    }
    await application.generateOutputs(project);
    if (application.logger.hasErrors() || application.logger.hasWarnings()) {
      throw new Error("the reference of the SDK has gaps: the warnings above name them");
    }
    return new Map(
      readdirSync(out, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".md"))
        .toSorted()
        .map((file) => [`nodejs/${file}`, readFileSync(join(out, file), "utf8")]),
    );
  } finally {
    rmSync(out, { recursive: true });
  }
}
