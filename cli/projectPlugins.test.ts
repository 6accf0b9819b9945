import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { withPlugin } from "./projectPlugins";

const entry = { name: "azure-certificates", path: "node_modules/.bin" };

describe("a project is told of the plugin", () => {
  it("at the end, where it has no plugins, and every comment stays", () => {
    const text = "# Who may sign in.\nname: access # ours\nruntime:\n  name: nodejs\n\n# The end.\n";
    const after = withPlugin(text, entry.path);
    expect(after).toBe(
      "# Who may sign in.\nname: access # ours\nruntime:\n  name: nodejs\nplugins:\n  providers:\n    - name: azure-certificates\n      path: node_modules/.bin\n\n# The end.\n",
    );
  });

  const texts: readonly [string, string, object[]][] = [
    [
      "beside other plugins",
      "name: a\nplugins:\n  providers:\n    - name: b # theirs\n      path: ../b\n",
      [{ name: "b", path: "../b" }, entry],
    ],
    ["in an empty list", "name: a\nplugins:\n  providers: []\n", [entry]],
    ["in an empty section", "name: a\nplugins:\n", [entry]],
    ["where other kinds of plugins stand", "name: a\nplugins:\n  languages: []\n", [entry]],
    [
      "in place of an older folder and version",
      "name: a\nplugins:\n  providers:\n    - name: azure-certificates\n      path: ../old\n      version: 0.0.1\n",
      [entry],
    ],
  ];
  it.each(texts)("%s", (_where, text, providers) => {
    const after = withPlugin(text, entry.path);
    expect(parse(after)).toMatchObject({ name: "a", plugins: { providers } });
    expect(after.includes("# theirs")).toBe(text.includes("# theirs"));
  });

  it("once: a second time changes nothing, not a blank", () => {
    const text = `name:   a\nplugins: { providers: [ { name: azure-certificates,   path: node_modules/.bin } ] }\n`;
    expect(withPlugin(text, entry.path)).toBe(text);
    const after = withPlugin("name: a\n", entry.path);
    expect(withPlugin(after, entry.path)).toBe(after);
  });

  it.each([
    ["no YAML", "name: [a\n", /can't be read as a project.*Nothing was changed/],
    ["a list", "- a\n", /not a list of settings/],
    ["nothing", "", /not a list of settings/],
    ["plugins that are no list", "name: a\nplugins:\n  providers: mine\n", /plugins.providers is not a list/],
    ["plugins that are a text", "name: a\nplugins: mine\n", /is not a list/],
  ])("not in %s", (_what, text, words) => {
    expect(() => withPlugin(text, entry.path)).toThrow(words);
  });
});
