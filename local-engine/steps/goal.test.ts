import { Alias } from "@pulumi/pulumi/proto/alias_pb";
import { Callback } from "@pulumi/pulumi/proto/callback_pb";
import { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { Value as WireValue } from "google-protobuf/google/protobuf/struct_pb";
import { describe, expect, it } from "vitest";
import { toStruct } from "../values";
import { goalOf } from "./goal";

function request(change: (request: RegisterResourceRequest) => unknown = () => {}): RegisterResourceRequest {
  const made = new RegisterResourceRequest();
  made.setType("pulumi-nodejs:dynamic/things:Thing");
  made.setName("thing");
  made.setCustom(true);
  made.setObject(toStruct({ key: "k" }));
  change(made);
  return made;
}

const asset = { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", text: "x" };

describe("a registration", () => {
  it("says what is asked for; properties without dependencies are listed too", () => {
    const goal = goalOf(
      request((each) => {
        each.setParent("urn:parent");
        each.setDependenciesList(["urn:a"]);
        const dependencies = new RegisterResourceRequest.PropertyDependencies();
        dependencies.setUrnsList(["urn:a"]);
        each.getPropertydependenciesMap().set("other", dependencies);
        each.setProtect(true);
        each.setDeletebeforereplace(false);
        each.setDeletebeforereplacedefined(true);
      }),
    );
    expect(goal).toMatchObject({
      type: "pulumi-nodejs:dynamic/things:Thing",
      name: "thing",
      parent: "urn:parent",
      properties: { key: "k" },
      dependencies: ["urn:a"],
      propertyDependencies: { key: [], other: ["urn:a"] },
      protect: true,
      retainOnDelete: false,
      deleteBeforeReplace: false,
    });
    expect(goalOf(request()).deleteBeforeReplace).toBeUndefined();
  });

  it.each([
    ["1h30m", 5400],
    ["90s", 90],
    ["1.5m", 90],
  ])("gives a timeout of %s as %d seconds", (text, seconds) => {
    const timeouts = new RegisterResourceRequest.CustomTimeouts();
    timeouts.setCreate(text);
    expect(goalOf(request((each) => each.setCustomtimeouts(timeouts))).customTimeouts["create"]).toBe(seconds);
  });

  it("with a timeout that is no duration is refused", () => {
    const timeouts = new RegisterResourceRequest.CustomTimeouts();
    timeouts.setCreate("soon");
    expect(() => goalOf(request((each) => each.setCustomtimeouts(timeouts)))).toThrow(/"soon" is no duration/);
  });

  const hooks = new RegisterResourceRequest.ResourceHooksBinding();
  hooks.setBeforeDeleteList(["hook"]);
  it.each<[string, (request: RegisterResourceRequest) => unknown]>([
    ["importing dynamic resources", (each) => each.setImportid("id")],
    ["components of other languages", (each) => each.setRemote(true)],
    ["explicit providers of dynamic resources", (each) => each.setType("pulumi:providers:pulumi-nodejs")],
    ["functions of other packages' plugins", (each) => each.setType("pulumi:providers:aws")],
    ["transforms", (each) => each.setTransformsList([new Callback()])],
    ["resource hooks", (each) => each.setHooks(hooks)],
    ["replaceWith", (each) => each.setReplaceWithList(["urn:a"])],
    ["replacementTrigger", (each) => each.setReplacementTrigger(WireValue.fromJavaScript("x"))],
    ["state migrations", (each) => each.setStateMigrationsList([new Callback()])],
    ["alias specifications", (each) => each.setAliasesList([new Alias()])],
    ["resources and functions of other packages' plugins", (each) => each.setType("aws:s3/bucket:Bucket")],
    ["assets", (each) => each.setObject(toStruct({ deep: [asset] }))],
  ])("with %s is refused by name", (feature, change) => {
    expect(() => goalOf(request(change))).toThrow(new RegExp(`does not support.*${feature}`));
  });
});
