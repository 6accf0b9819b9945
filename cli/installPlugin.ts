import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { Command } from "commander";
import { ConfigurationError } from "../provider/errors";
import { printNote } from "./output";
import { withPlugin } from "./projectPlugins";

const binary = "pulumi-resource-azure-certificates";

/** `azure-certificates install-plugin`: tells the project in this folder where npm has put the native plugin. */
export function installPluginCommand(): Command {
  return new Command("install-plugin")
    .description("Tell the project in this folder where the native plugin is, in its Pulumi.yaml.")
    .addHelpText(
      "after",
      `
Pulumi does not look into node_modules/.bin. This writes into Pulumi.yaml, and keeps everything else that stands there:
  plugins:
    providers:
      - name: azure-certificates
        path: node_modules/.bin

Programs that import pulumi-azure-certificates need no plugin; those that import pulumi-azure-certificates/native do.
Commit the change: it is the same on every machine.`,
    )
    .action(() => installPlugin(process.cwd()));
}

async function installPlugin(from: string): Promise<void> {
  const project = above(from, (folder) => existsSync(join(folder, "Pulumi.yaml")));
  if (project === undefined) {
    throw new ConfigurationError({
      what: `There is no Pulumi.yaml in ${from}, nor in a folder above it.`,
      todo: "Run it in the folder of the project.",
    });
  }
  const installed = above(project, (folder) => existsSync(join(folder, "node_modules/.bin", binary)));
  if (installed === undefined) {
    throw new ConfigurationError({
      what: `The package is not installed for the project in ${project}: there is no node_modules/.bin/${binary}.`,
      todo: "Run `npm install pulumi-azure-certificates` there first.",
    });
  }
  const file = join(project, "Pulumi.yaml");
  // The same on every machine, Windows among them.
  const folder = relative(project, join(installed, "node_modules/.bin")).split(sep).join("/");
  const before = await readFile(file, "utf8");
  const after = withPlugin(before, folder);
  if (after === before) {
    printNote(`${file} names the plugin already.`);
    return;
  }
  await writeFile(file, after);
  printNote(`${file} now names the plugin in ${folder}.`);
}

/** The folder itself or the nearest one above it. */
function above(folder: string, has: (folder: string) => boolean): string | undefined {
  if (has(folder)) {
    return folder;
  }
  const parent = dirname(folder);
  return parent === folder ? undefined : above(parent, has);
}
