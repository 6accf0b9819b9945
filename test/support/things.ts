import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeProject, type Project, type ProjectParts } from "./project";

/**
 * The provider of a resource that is a file in the folder `world` of the project: enough to see every call of an engine,
 * without a service. An input `mode` makes it fail in one way or another.
 */
const thingModule = `
const fs = require("node:fs");
const mark = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
const place = (key) => "world/" + key + ".json";
const note = (line) => fs.appendFileSync("calls.log", line + "\\n");
const outsOf = (inputs) => ({ ...inputs, shout: String(inputs.value).toUpperCase(), key2: { ...mark, value: "s-" + inputs.key } });
const fail = (message) => { throw new Error(message); };
const partly = (id, properties, reason) => { throw Object.assign(new Error("partly"), { id, properties, reasons: [reason] }); };
async function settle(inputs, call) {
  note("begin " + call + " " + inputs.key);
  for (const other of inputs.waitFor ?? []) {
    while (!fs.existsSync(other)) { await new Promise((resolve) => setTimeout(resolve, 10)); }
  }
}
exports.provider = {
  async configure(request) { note("configure " + request.config.get("things:greeting") + " as of " + process.env.AZURE_CERTIFICATES_AS_OF); },
  async check(olds, news) {
    note("check " + news.key + " olds:" + Object.keys(olds).length);
    await new Promise((resolve) => setImmediate(resolve));
    note("checked " + news.key);
    const failures = news.mode === "refuse" ? [{ property: "mode", reason: "refuse is refused" }] : [];
    return { inputs: { ...news, drawn: olds.drawn ?? "drawn for " + news.key }, failures };
  },
  async diff(id, olds, news) {
    note("diff " + olds.key);
    const changed = ["value", "tags", "mode", "drawn", "key"].filter((key) => JSON.stringify(olds[key]) !== JSON.stringify(news[key]));
    if (changed.includes("value")) { console.log(news.key + ": value changes"); }
    return { changes: changed.length > 0, replaces: changed.filter((key) => key === "key"), deleteBeforeReplace: news.mode === "deleteFirst" };
  },
  async create(inputs) {
    await settle(inputs, "create");
    if (inputs.mode === "failCreate") { fail("no room for " + inputs.key); }
    fs.mkdirSync("world", { recursive: true });
    fs.writeFileSync(place(inputs.key), JSON.stringify(inputs.value));
    if (inputs.mode === "partlyCreate") { partly("id of " + inputs.key, { ...outsOf(inputs), key2: { ...mark, value: "s-" + inputs.key } }, inputs.key + " is half there"); }
    note("end create " + inputs.key);
    return { id: "id of " + inputs.key, outs: outsOf(inputs) };
  },
  async read(id, props) {
    note("read " + props.key);
    if (props.mode === "failRead") { fail("can't look at " + props.key); }
    if (!fs.existsSync(place(props.key))) { return { id: "", props: {} }; }
    const value = JSON.parse(fs.readFileSync(place(props.key), "utf8"));
    return { id, props: { ...props, ...outsOf({ ...props, value }) } };
  },
  async update(id, olds, news) {
    await settle(news, "update");
    if (news.mode === "failUpdate") { fail("won't change " + news.key); }
    fs.writeFileSync(place(news.key), JSON.stringify(news.value));
    if (news.mode === "partlyUpdate") { partly(id, { ...olds, ...outsOf(news) }, news.key + " is half changed"); }
    note("end update " + news.key);
    return { outs: outsOf(news) };
  },
  async delete(id, props) {
    await settle(props, "delete");
    if (props.mode === "failDelete") { fail("won't go: " + props.key); }
    fs.rmSync(place(props.key), { force: true });
    note("end delete " + props.key);
  },
};
`;

const prelude = `
const pulumi = require("@pulumi/pulumi");
class Thing extends pulumi.CustomResource {
  constructor(name, props = {}, options = {}) {
    const type = "pulumi-nodejs:dynamic/" + (props.module ?? "things") + ":Thing";
    const { module: _, ...rest } = props;
    super(type, name, { shout: undefined, key2: undefined, drawn: undefined, key: name, value: "v", ...rest,
      __provider: 'exports.handler = () => require("things").provider;' }, options);
  }
  static get(name, id, props, options) { return new Thing(name, props, { ...options, id }); }
}
class Group extends pulumi.ComponentResource {
  constructor(name, props = {}, options = {}) { super("things:index:Group", name, props, options); }
}
`;

/** The body of a program that may use `Thing`, `Group` and `pulumi`. */
export function thingProgram(body: string): string {
  return prelude + body;
}

/** No management endpoint is ever asked in these tests; the local engine wants to know one on this machine all the same. */
const anyLoopbackEndpoint = { "azure-certificates:managementEndpoint": "https://127.0.0.1:1" };

export async function makeThingProject(parts: ProjectParts & { readonly body: string }): Promise<Project> {
  const project = await makeProject({
    ...parts,
    name: "things",
    program: thingProgram(parts.body),
    config: { ...anyLoopbackEndpoint, "things:greeting": "hello", ...parts.config },
  });
  project.addModule("things", thingModule);
  return project;
}

/** The keys of the things that exist, sorted. */
export function worldOf(project: Project): string[] {
  try {
    return readdirSync(join(project.directory, "world"))
      .map((file) => file.replace(/\.json$/, ""))
      .sort();
  } catch {
    return [];
  }
}

/** Somebody else takes a thing away. */
export function removeFromWorld(project: Project, key: string): void {
  rmSync(join(project.directory, "world", `${key}.json`));
}

/** Somebody else changes a thing. */
export function changeInWorld(project: Project, key: string, value: string): void {
  mkdirSync(join(project.directory, "world"), { recursive: true });
  writeFileSync(join(project.directory, "world", `${key}.json`), JSON.stringify(value));
}

/** What was asked of the provider, in order, and forgotten afterwards. */
export function takeCalls(project: Project): string[] {
  const path = join(project.directory, "calls.log");
  try {
    const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
    rmSync(path);
    return lines;
  } catch {
    return [];
  }
}
