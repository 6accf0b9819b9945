import { describe, expect, it } from "vitest";
import { generateRsaKeyPair } from "../../provider/certificate/keyPair";
import { companyInTrouble } from "../../test/support/companyState";
import { certificate, link, snapshot, stateOf } from "../../test/support/exportedStack";
import { hostileNames } from "../../test/support/hostileNames";
import { KeyScan } from "../../test/support/keyScan";
import { parseStackExport } from "../stackExport";
import { calendarReport } from "./calendar";
import { htmlReport } from "./htmlReport";
import { jsonReport } from "./json";
import { prometheusReport } from "./prometheus";
import { gatherReport, type Report } from "./report";

const now = new Date("2027-03-01T12:00:00Z");
const formats: readonly (readonly [string, (report: Report) => string])[] = [
  ["html", htmlReport],
  ["json", jsonReport],
  ["ics", calendarReport],
  ["prometheus", prometheusReport],
];

const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});

describe.each(formats)("a report as %s", (_format, render) => {
  it("holds no private key, also of an export that shows its secrets", async () => {
    const { privateKeyPem } = await generateRsaKeyPair(2048);
    const state = stateOf([
      certificate("alice", { privateKeyPem: secret(privateKeyPem), plain: privateKeyPem }),
      link("alice-on-prod", "alice", {}, { inputs: { verify: { privateKeyPem: secret(privateKeyPem) } } }),
    ]);
    const scan = new KeyScan();
    scan.know(privateKeyPem);
    expect(scan.shows(JSON.stringify(state.content))).toBe(true);
    const text = render(gatherReport([state], now));
    expect(scan.shows(text)).toBe(false);
    expect(text).not.toContain("PRIVATE KEY");
  });

  it("is the same for the same states and the same moment", () => {
    const content = parseStackExport(JSON.stringify(companyInTrouble(now)));
    const [one, other] = [0, 1].map(() => render(gatherReport([{ source: "prod.json", content }], now)));
    expect(one).toBe(other);
  });

  it("is made of nothing at all", () => {
    expect(render(gatherReport([stateOf([])], now))).not.toBe("");
  });
});

/** Everything that somebody can name is called that. */
function stateCalled(name: string) {
  const roster = {
    subscriptions: [{ name, subscriptionId: name }],
    people: [{ id: name, name, subscriptions: [name] }],
    groups: [{ id: name, members: [name], subscriptions: [name] }],
  };
  return stateOf(
    [
      snapshot(name, roster),
      certificate(`${name}/people/${name}`, { holders: [name] }),
      link(`${name}/people/${name}/x`, `${name}/people/${name}`, { subscriptionId: name }, { initErrors: [name] }),
      link("app", name, { subscriptionId: undefined, appId: name }),
    ],
    "prod",
    name,
  );
}

describe("a page", () => {
  it.each(hostileNames.map((name) => [name]))("has %j as text and nothing else", (name) => {
    const page = htmlReport(gatherReport([stateCalled(name)], now));
    expect(page).not.toContain("<img");
    expect(page).not.toContain("<svg onload");
    expect(page).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page.match(/<\/script/g)).toHaveLength(2);
    const [, data = ""] = /<script type="application\/json" id="access">(.*?)<\/script>/s.exec(page) ?? [];
    expect(JSON.parse(data).people).toHaveLength(1);
  });

  it("forbids itself everything but its own script and styles", () => {
    const page = htmlReport(gatherReport([stateOf([certificate("alice")])], now));
    const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'sha256-[\w+/]{43}='; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'none'$/,
    );
    expect(page).not.toMatch(/ (style|on\w+)=|(src|href)="(?!#)|url\(|@import/);
  });

  it("says first what is wrong, then what is due, and where it is from", () => {
    const content = parseStackExport(JSON.stringify(companyInTrouble(now)));
    const page = htmlReport(gatherReport([{ source: "prod.json", content }], now));
    expect(page).toContain("<h1><strong>6 things are wrong</strong>, ");
    expect(page).toContain(
      'As of <time datetime="2027-03-01T12:00:00.000Z">2027-03-01 12:00 UTC</time>, from the stack',
    );
    const order = ["wrong", "due", "timeline", "people", "sources"].map((id) => page.indexOf(`<section id="${id}"`));
    expect(order).toEqual(order.toSorted((one, other) => one - other));
    expect(page).toContain("STILL OPEN: subscription billing (");
  });
});

describe("the JSON of a report", () => {
  it("names people and doors where the page has places", () => {
    const json = JSON.parse(
      jsonReport(
        gatherReport([stateOf([certificate("alice", { holders: ["alice"] }), link("alice-on-prod", "alice")])], now),
      ),
    );
    expect(json).toMatchObject({
      version: 1,
      madeAt: "2027-03-01T12:00:00Z",
      stacks: [{ name: "access/prod", source: "prod.json" }],
      wrong: [{ kind: "rotation", date: "2027-02-01T00:00:00Z", overdue: true, missedRun: true, stack: "access/prod" }],
      due: [{ kind: "expiry", overdue: false, missedRun: false }],
      certificates: [{ name: "alice", notAfter: "2027-06-01T00:00:00Z", rotatesAt: "2027-02-01T00:00:00Z" }],
      registrations: [{ name: "alice-on-prod", role: "current", retireAt: null }],
      keys: [
        { kind: "own", certificate: "alice", holders: ["alice"], doors: ["7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b"] },
      ],
    });
  });
});
