import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { oddCertificate } from "../../test/support/oddCertificates";
import { parseCertificate } from "../certificate/parse";
import { pemOf } from "../certificate/pem";
import { problemsInWords } from "./problems";
import { readRoster } from "./readRoster";

const production = "7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b";
const staging = "B1946AC9-2F5E-4D8A-9C3B-5E6F7A8B9C0D";

const { der, privateKeyPem } = oddCertificate({ rsaBits: 2048 });
const pem = pemOf("CERTIFICATE", der);

/** As people write it: a block below its key. */
function bringing(certificatePem: string, subscriptions = "[staging, production]", id = "yubikey"): string {
  const block = certificatePem.trimEnd().replaceAll("\n", "\n          ");
  return `
    name: Bob Brown
    certificates:
      ${id}:
        subscriptions: ${subscriptions}
        certificatePem: |
          ${block}`;
}
const withBobs = (text: string) => team.replace("{ name: Bob Brown }", text);

const team = `
defaults: { rotateEveryHours: 2160 }
subscriptions:
  production: ${production}
  staging: { id: ${staging}, certificateLimit: 10 }
people:
  bob: { name: Bob Brown }
  alice:
    name: Alice Archer
    subscriptions: [staging, production]
    overlapHours: 24
groups:
  on-call: { members: [bob, alice], subscriptions: [production], rotateEveryHours: 720 }
`;

describe("a roster", () => {
  it("is read whole: sorted, with defaults, and ids that stay when a name changes", () => {
    expect(readRoster(team)).toEqual({
      problems: null,
      file: {
        roster: {
          subscriptions: [
            { name: "production", subscriptionId: production, certificateLimit: 100 },
            { name: "staging", subscriptionId: staging.toLowerCase(), certificateLimit: 10 },
          ],
          people: [
            {
              id: "alice",
              name: "Alice Archer",
              subscriptions: ["production", "staging"],
            },
            { id: "bob", name: "Bob Brown", subscriptions: [] },
          ],
          groups: [
            {
              id: "on-call",
              members: ["alice", "bob"],
              subscriptions: ["production"],
            },
          ],
        },
        rotation: {
          "people/alice": { rotateEveryHours: 2160, overlapHours: 24 },
          "people/bob": { rotateEveryHours: 2160 },
          "groups/on-call": { rotateEveryHours: 720 },
        },
        pasted: {},
        organization: null,
        expected: { leavers: [], closedSubscriptions: [] },
      },
    });
  });

  it("holds the certificates that people bring, whatever stands around them", () => {
    const { file, problems } = readRoster(withBobs(bringing(`from the card in Bob's drawer\n${pem}`)));
    expect(problems).toBeNull();
    const { thumbprint } = parseCertificate(der);
    const notAfter = "2039-12-31T23:59:59Z";
    const certificates = [{ id: "yubikey", thumbprint, notAfter, subscriptions: ["production", "staging"] }];
    expect(file?.roster.people[1]).toEqual({ id: "bob", name: "Bob Brown", subscriptions: [], certificates });
    expect(file?.pasted).toEqual({ "people/bob/yubikey": pem });
  });

  it("with a private key in it is refused before anything else is looked at, and repeats nothing of the key", () => {
    const texts = [
      withBobs(bringing(privateKeyPem + pem)),
      withBobs(bringing(pem)).replace("name: Bob Brown", `name: "${privateKeyPem.replaceAll("\n", "\\n")}"`),
      `${team}${privateKeyPem}`,
    ];
    for (const text of texts) {
      const { file, problems } = readRoster(text);
      expect(file).toBeNull();
      expect(problems).toEqual([
        expect.objectContaining({ text: "", reason: expect.stringMatching(/^a private key stands here/) }),
      ]);
      expect(text.split("\n")[Number(problems?.[0]?.line) - 1]).toContain("PRIVATE KEY");
    }
  });

  it("shows nothing of what may be a piece of a key where it says what is wrong", () => {
    const piece = privateKeyPem.split("\n")[3] ?? "";
    for (const text of [`${team}${piece}\n`, withBobs(bringing(`${piece}\n${piece}`)), team.replace("24", piece)]) {
      const { problems } = readRoster(text);
      expect(problems?.length).toBeGreaterThan(0);
      expect(problemsInWords("team.yaml", problems ?? [])).not.toContain(piece.slice(0, 40));
    }
  });

  it("says in which windows certificates rotate and over how many hours: of each, or else of all", () => {
    const saturdays = { cron: "0 22 * * SAT", durationHours: 4, timeZone: "Europe/Berlin" };
    const text = team
      .replace(
        "defaults: { rotateEveryHours: 2160 }",
        'defaults: { spreadHours: 48, maintenanceWindows: [{ cron: "0 22 * * SAT", durationHours: 4, timeZone: Europe/Berlin }] }',
      )
      .replace("{ name: Bob Brown }", "{ name: Bob Brown, spreadHours: 0, maintenanceWindows: [] }")
      .replace("rotateEveryHours: 720", 'maintenanceWindows: [{ cron: "30 4 1 * *", durationHours: 1.5 }]');
    expect(readRoster(text)).toMatchObject({
      problems: null,
      file: {
        rotation: {
          "people/alice": { overlapHours: 24, spreadHours: 48, maintenanceWindows: [saturdays] },
          "people/bob": { spreadHours: 0, maintenanceWindows: [] },
          "groups/on-call": {
            spreadHours: 48,
            maintenanceWindows: [{ cron: "30 4 1 * *", durationHours: 1.5, timeZone: "UTC" }],
          },
        },
      },
    });
  });

  const wrong: readonly [string, string, { line?: number; column?: number; text?: string; reason: RegExp }][] = [
    ["an empty file", "", { line: 1, reason: /nobody is removed/ }],
    ["a file of comments", "# nobody\n", { line: 1, reason: /nothing/ }],
    ["a list", "- alice\n", { line: 1, reason: /subscriptions, people and groups/ }],
    ["half a file", team.slice(0, team.indexOf("people:")), { line: 2, reason: /everybody by their id/ }],
    ["a broken line", team.replace("[staging, production]", "[staging, production"), { line: 11, reason: /\S/ }],
    ["a second document", `${team}---\npeople: {}\n`, { line: 14, reason: /second one/ }],
    ["a person twice", team.replace("  bob:", "  alice:"), { line: 8, reason: /unique/i }],
    [
      "an unknown subscription",
      team.replace("[staging, production]", "[staging, prodution]"),
      { line: 10, column: 30, text: "    subscriptions: [staging, prodution]", reason: /no subscription prodution/ },
    ],
    ["an unknown member", team.replace("[bob, alice]", "[bob, eve]"), { line: 13, reason: /no person eve/ }],
    ["a member twice", team.replace("[bob, alice]", "[bob, bob]"), { line: 13, reason: /named twice/ }],
    ["an unknown setting", team.replace("overlapHours", "overlap"), { line: 9, reason: /a person has no overlap/ }],
    ["a name that moves the cursor", team.replace("Bob Brown", '"Bob\\e[2J"'), { line: 7, reason: /invisible/ }],
    ["an id with a space", team.replace("  bob:", "  bob brown:"), { line: 7, reason: /an id is/ }],
    ["no GUID", team.replace(production, "production"), { line: 4, reason: /GUID/ }],
    ["a text for hours", team.replace("24", "a day"), { line: 11, reason: /number of hours/ }],
    ["a negative spread", withWindow("spreadHours: -1"), { line: 11, column: 18, reason: /0 hours or more/ }],
    [
      "an impossible hour",
      withWindow('maintenanceWindows:\n      - { cron: "0 25 * * *", durationHours: 4 }'),
      { line: 12, column: 17, text: '      - { cron: "0 25 * * *", durationHours: 4 }', reason: /impossible hour/ },
    ],
    [
      "a zone that there is not",
      withWindow('maintenanceWindows: [{ cron: "0 4 * * *", durationHours: 4, timeZone: Berlin }]'),
      { line: 11, column: 75, reason: /IANA time zone/ },
    ],
    [
      "a window without an end",
      withWindow('maintenanceWindows: [{ cron: "0 4 * * *" }]'),
      { line: 11, column: 26, reason: /durationHours must be a number of hours/ },
    ],
    [
      "a setting that a window does not have",
      withWindow('maintenanceWindows: [{ cron: "0 4 * * *", durationHours: 4, zone: UTC }]'),
      { line: 11, reason: /a maintenance window has no zone/ },
    ],
    [
      "a window that is a text",
      withWindow('maintenanceWindows: ["0 4 * * *"]'),
      { line: 11, reason: /a maintenance window is \{ cron/ },
    ],
    [
      "one window that is no list",
      withWindow('maintenanceWindows: "0 4 * * *"'),
      { line: 11, reason: /must be a list of at most/ },
    ],
    [
      "an alias",
      team.replace("bob: {", "bob: &b {").replace("alice:\n", "carol: *b\n  alice:\n"),
      { line: 1, reason: /write it out/ },
    ],
    [
      "a leaver who is still there",
      `${team}expected: { leavers: [bob] }\n`,
      { line: 14, reason: /bob is still among the people/ },
    ],
    [
      "a certificate that is none",
      withBobs(bringing(pem.replace("MII", "AAA"))),
      { line: 12, column: 25, reason: /one certificate in PEM/ },
    ],
    ["two in one", withBobs(bringing(pem + pem)), { line: 12, reason: /one certificate in PEM/ }],
    [
      "somebody else's certificate",
      withBobs(bringing(pem)).replace(
        "    overlapHours: 24",
        `    certificates: { card: { subscriptions: [], certificatePem: ${JSON.stringify(pem)} } }`,
      ),
      { reason: /the same certificate as people\/bob\/yubikey: a key has one holder/ },
    ],
    [
      "a certificate for an unknown subscription",
      withBobs(bringing(pem, "[prodution]")),
      { line: 11, column: 25, reason: /no subscription prodution/ },
    ],
    ["a certificate with a path for a name", withBobs(bringing(pem, "[]", "../bob")), { line: 11, reason: /an id is/ }],
    [
      "a setting that a certificate does not have",
      withBobs(bringing(pem).replace("subscriptions:", "overlapHours: 1\n        subscriptions:")),
      { reason: /a certificate has no overlapHours/ },
    ],
    ["what would be a prototype", team.replace("  bob:", "  __proto__:"), { line: 7, reason: /an id is/ }],
  ];
  it.each(wrong)("with %s is refused as a whole, with the place", (_what, text, expected) => {
    const { file, problems } = readRoster(text);
    expect(file).toBeNull();
    const { reason, ...place } = expected;
    expect(problems?.[0]).toMatchObject(place);
    expect(problems?.[0]?.reason).toMatch(reason);
  });

  it("is refused, and never half read, wherever it is cut off or mangled", () => {
    const whole = JSON.stringify(readRoster(team).file);
    fc.assert(
      fc.property(fc.nat(team.length), fc.nat(20), fc.string({ maxLength: 5 }), (from, length, instead) => {
        const { file, problems } = readRoster(team.slice(0, from) + instead + team.slice(from + length));
        // It is read, or every problem has a line that a person can find.
        expect(file === null).toBe(problems !== null);
        for (const { line, column, reason } of problems ?? []) {
          expect(line).toBeGreaterThan(0);
          expect(column).toBeGreaterThan(0);
          expect(reason).not.toBe("");
        }
      }),
      { numRuns: 500 },
    );
    expect(JSON.stringify(readRoster(team).file)).toBe(whole);
  });

  it("of 5,000 people on 200 subscriptions is read within three seconds", () => {
    const names = Array.from({ length: 200 }, (_, index) => `s${index}`);
    const text = [
      "subscriptions:",
      ...names.map((name, index) => `  ${name}: 00000000-0000-4000-8000-${String(index).padStart(12, "0")}`),
      "people:",
      ...Array.from({ length: 5_000 }, (_, index) => {
        const theirs = [0, 1, 2, 3].map((offset) => names[(index + 37 * offset) % 200]);
        return `  p${index}: { name: Person ${index}, subscriptions: [${theirs.join(", ")}] }`;
      }),
    ].join("\n");
    // Of the processor: a busy machine makes it no slower.
    const before = process.cpuUsage();
    expect(readRoster(text).file?.roster.people).toHaveLength(5_000);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(3_000);
  });
});

function withWindow(setting: string): string {
  return team.replace("overlapHours: 24", setting);
}
