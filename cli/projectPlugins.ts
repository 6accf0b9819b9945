import { isMap, isSeq, parseDocument } from "yaml";
import { ConfigurationError } from "../provider/errors";

const name = "azure-certificates";

/**
 * The text of a `Pulumi.yaml` that names the folder of this package's plugin under `plugins.providers`; comments and
 * everything else stay as they are. The same text where it does so already.
 *
 * @param folder relative to the file, or absolute
 * @throws ConfigurationError ERR_CONFIGURATION for a text that is no project
 */
export function withPlugin(text: string, folder: string): string {
  const document = parseDocument(text);
  if (document.errors.length > 0 || !isMap(document.contents)) {
    throw notAProject(document.errors[0]?.message.split("\n")[0] ?? "it is not a list of settings");
  }
  const providers = document.getIn(["plugins", "providers"]) ?? document.createNode([]);
  if (!isSeq(providers) || !isMapOrAbsent(document.get("plugins"))) {
    throw notAProject("plugins.providers is not a list");
  }
  const known = providers.items.find((item) => isMap(item) && item.get("name") === name);
  if (isMap(known)) {
    if (known.get("path") === folder && !known.has("version")) {
      return text;
    }
    known.set("path", folder);
    // The plugin in that folder is the one that was installed, whatever was installed before.
    known.delete("version");
  } else {
    providers.flow = false;
    providers.add(document.createNode({ name, path: folder }));
    if (!isMap(document.get("plugins"))) {
      document.set("plugins", document.createNode({}));
    }
    document.setIn(["plugins", "providers"], providers);
  }
  return document.toString({ lineWidth: 0 });
}

function isMapOrAbsent(node: unknown): boolean {
  return node === undefined || node === null || isMap(node);
}

function notAProject(why: string): ConfigurationError {
  return new ConfigurationError({
    what: `Pulumi.yaml can't be read as a project: ${why}.`,
    todo: "Correct it. Nothing was changed.",
  });
}
