import { describe, expect, it } from "vitest";
import { RunRecord } from "./runRecord";
import type { Operation } from "./stackRunner";

const type = "pulumi-nodejs:dynamic/azure-certificates:ManagementCertificate";
const linkType = "pulumi-nodejs:dynamic/azure-certificates:SubscriptionCertificateLink";
const urnOf = (name: string): string => `urn:pulumi:prod::access::${type}::${name}`;

function recordOf(steps: readonly [word: string, name: string][]): RunRecord {
  const record = new RunRecord();
  for (const [word, name] of steps) {
    record.step(word, urnOf(name), type);
  }
  return record;
}

describe("what a run did", () => {
  it.each<{ what: string; words: string[]; operation: Operation }>([
    {
      what: "a replacement, however many steps it takes",
      words: ["create-replacement", "replace", "delete-replaced"],
      operation: "replace",
    },
    {
      what: "a replacement that deletes first",
      words: ["delete-replaced", "replace", "create-replacement"],
      operation: "replace",
    },
    { what: "what an earlier run left to delete", words: ["delete-replaced"], operation: "delete" },
    { what: "an update after a refresh", words: ["refresh", "update"], operation: "update" },
    { what: "an import", words: ["import"], operation: "create" },
    { what: "something that is only read", words: ["read"], operation: "same" },
    { what: "a word that a newer engine has", words: ["diff-again"], operation: "same" },
  ])("says $what as one operation", ({ words, operation }) => {
    const { steps, changes } = recordOf(words.map((word) => [word, "alice"])).result(true);
    expect(steps).toMatchObject([{ operation, name: "alice" }]);
    expect(Object.entries(changes).filter(([, count]) => count > 0)).toEqual([[operation, 1]]);
  });

  it("tells what an earlier replacement left to delete from a deletion of the resource", () => {
    const steps = recordOf([
      ["same", "alice"],
      ["delete-replaced", "alice"],
      ["delete-replaced", "bob"],
      ["delete", "carol"],
      ["replace", "dave"],
      ["delete-replaced", "dave"],
    ]).result(true).steps;
    expect(steps.map(({ operation, leftover }) => [operation, leftover])).toEqual([
      ["same", true],
      ["delete", true],
      ["delete", false],
      ["replace", false],
    ]);
  });

  it("leaves out the engine's own provider resources", () => {
    const record = new RunRecord();
    record.step(
      "create",
      "urn:pulumi:prod::access::pulumi:providers:azure-certificates::default",
      "pulumi:providers:azure-certificates",
    );
    expect(record.result(true).steps).toEqual([]);
  });

  it("gives each resource the sentences about it: with its URN, or beginning with its name", () => {
    const record = recordOf([
      ["update", "alice"],
      ["update", "ali"],
      ["same", "bob"],
    ]);
    record.say({ severity: "info", text: "ali: due: rotates now" });
    record.say({ severity: "info", text: "due: revokes 3F2A1B4C…", urn: urnOf("alice") });
    record.say({ severity: "warning", text: "nearly full", urn: urnOf("alice") });
    record.say({ severity: "info", text: "ali: warning: nearly full" });
    record.say({ severity: "info", text: "hello from the program" });
    const reasons = record.result(true).steps.map((step) => step.reasons);
    expect(reasons).toEqual([
      ["due: revokes 3F2A1B4C…", "warning: nearly full"],
      ["due: rotates now", "warning: nearly full"],
      [],
    ]);
  });

  it("gives a printed sentence to the one that changes, where two have the same name", () => {
    const record = recordOf([["same", "prod"]]);
    const link = `urn:pulumi:prod::access::${linkType}::prod`;
    record.step("update", "urn:pulumi:prod::access::things:index:Thing::prod", "things:index:Thing");
    record.step("update", link, linkType);
    record.say({ severity: "info", text: "prod: due: retires 3F2A1B4C…" });
    const told = record.result(true).steps.filter((step) => step.reasons.length > 0);
    expect(told.map((step) => step.urn)).toEqual([link]);
  });

  it("names the resource before its error, says each error once, and knows what failed", () => {
    const record = recordOf([
      ["update", "alice"],
      ["update", "bob"],
    ]);
    record.fail(urnOf("bob"));
    record.say({ severity: "error", text: "STILL OPEN", urn: urnOf("bob") });
    record.say({ severity: "error", text: "STILL OPEN", urn: urnOf("bob") });
    record.say({ severity: "error", text: "the program ended with exit code 1" });
    const result = record.result(false);
    expect(result.diagnostics).toEqual(["bob: STILL OPEN", "the program ended with exit code 1"]);
    expect(result.steps.map(({ failed }) => failed)).toEqual([false, true]);
  });

  it.each([
    {
      what: "a list of one",
      text: "1 error occurred:\n\t* STILL OPEN: 3F2A…\n  status: 403",
      shown: "STILL OPEN: 3F2A…\n  status: 403",
    },
    { what: "another list of one", text: "The resource exists but is not complete:\n  * no", shown: "no" },
    {
      what: "a list of two",
      text: "2 errors occurred:\n\t* one\n\t* two",
      shown: "2 errors occurred:\n\t* one\n\t* two",
    },
  ])("shows the error itself in place of $what", ({ text, shown }) => {
    const record = recordOf([["update", "alice"]]);
    record.say({ severity: "error", text, urn: urnOf("alice") });
    expect(record.result(false).diagnostics).toEqual([`alice: ${shown}`]);
  });

  it("leaves out what the program only heard of, unless it is all that there is", () => {
    const record = recordOf([["update", "alice"]]);
    record.say({ severity: "error", text: "Error: resource alice [thing] failed to register\n    at x.ts:1:1" });
    expect(record.result(false).diagnostics).toHaveLength(1);
    record.say({ severity: "error", text: "no", urn: urnOf("alice") });
    expect(record.result(false).diagnostics).toEqual(["alice: no"]);
  });
});
