import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { certificate, current, link, previous, stateOf } from "../../test/support/exportedStack";
import { anyName } from "../../test/support/hostileNames";
import { prometheusReport } from "./prometheus";
import { gatherReport } from "./report";

const sample =
  /^(?<name>[a-z_]+)(?:\{(?<labels>[a-z_]+="(?:[^"\\\n]|\\[\\"n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\[\\"n])*")*)\})? (?<value>-?\d+)$/;

/** Reads the format as its grammar is, and fails on anything else. */
function read(text: string): ReadonlyMap<string, number> {
  expect(text.endsWith("\n")).toBe(true);
  const series = new Map<string, number>();
  const typed = new Set<string>();
  for (const line of text.slice(0, -1).split("\n")) {
    const [, metric] = /^# TYPE ([a-z_]+) gauge$/.exec(line) ?? [];
    if (metric !== undefined) {
      typed.add(metric);
    } else if (!/^# HELP [a-z_]+ [^\n\\]+$/.test(line)) {
      const { name: family = "", labels = "", value } = sample.exec(line)?.groups ?? {};
      const name = `${family.replace("azure_certificates_", "")} ${labels}`.trim();
      if (!typed.has(family) || series.has(name)) {
        throw new Error(`this is no sample, or there twice: ${line}`);
      }
      series.set(name, Number(value));
    }
  }
  return series;
}

const seconds = (date: string) => Date.parse(date) / 1000;
const lastRotation = { at: "2026-06-01T00:00:00Z", reasons: ["the renewal window opened"] };

describe("the metrics of a report", () => {
  it("tell the dates of each certificate and registration, what is due, and the time of the report", () => {
    const state = stateOf([
      certificate("alice", { lastRotation, rotateEveryHours: 2160 }),
      link("alice-on-prod", "alice", {
        registered: [
          { thumbprint: current, registeredAt: "2026-06-01T00:00:00Z" },
          { thumbprint: previous, registeredAt: "2026-01-01T00:00:00Z", retireAt: "2026-06-08T00:00:00Z" },
        ],
      }),
    ]);
    const series = read(prometheusReport(gatherReport([state], new Date("2026-07-01T00:00:00.999Z"))));
    const stack = 'project="access",stack="prod"';
    const alice = `${stack},certificate="alice"`;
    expect(Object.fromEntries([...series].filter(([name]) => !name.startsWith("due_items")))).toEqual({
      report_timestamp_seconds: seconds("2026-07-01T00:00:00Z"),
      [`certificate_info ${alice},thumbprint="${current}",revision="1"`]: 1,
      [`certificate_not_before_timestamp_seconds ${alice}`]: seconds("2026-05-31T23:00:00Z"),
      [`certificate_not_after_timestamp_seconds ${alice}`]: seconds("2027-06-01T00:00:00Z"),
      [`certificate_renewal_timestamp_seconds ${alice}`]: seconds("2027-02-01T00:00:00Z"),
      [`certificate_rotation_timestamp_seconds ${alice}`]: seconds("2026-08-30T00:00:00Z"),
      [`certificate_last_rotation_timestamp_seconds ${alice}`]: seconds("2026-06-01T00:00:00Z"),
      [`registration_retire_timestamp_seconds ${stack},link="alice-on-prod",subscription_id="7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b",application="",thumbprint="${previous}"`]:
        seconds("2026-06-08T00:00:00Z"),
      [`missed_runs ${stack}`]: 1,
      [`missed_run_since_timestamp_seconds ${stack},kind="retirement",resource="alice-on-prod",thumbprint="${previous}"`]:
        seconds("2026-06-08T00:00:00Z"),
    });
    expect(series.get(`due_items ${stack},kind="retirement"`)).toBe(1);
    expect(series.get(`due_items ${stack},kind="rotation"`)).toBe(0);
  });

  it("hold each series once, also where a resource waits for its deletion beside its successor", () => {
    const overlap = {
      registered: [{ thumbprint: previous, registeredAt: "2026-01-01T00:00:00Z", retireAt: "2026-06-08T00:00:00Z" }],
    };
    const state = stateOf([
      certificate("alice", {}, { delete: true }),
      certificate("alice"),
      link("l", "alice", overlap, { delete: true }),
      link("l", "alice", overlap),
    ]);
    expect(read(prometheusReport(gatherReport([state], new Date("2026-07-01T00:00:00Z")))).size).toBeGreaterThan(10);
  });

  it("are read as they are meant whatever a resource is called", () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const state = stateOf([certificate(name), certificate(`${name}2`), link(name, name)]);
        const series = read(prometheusReport(gatherReport([state], new Date("2028-07-01T00:00:00Z"))));
        expect([...series.keys()].some((each) => each.startsWith("evil"))).toBe(false);
      }),
      { numRuns: 60 },
    );
  });
});
