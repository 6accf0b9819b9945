import { beforeAll, describe, expect, it } from "vitest";
import { configuredFrom, testPorts } from "../../../test/support/configured";
import { certificateInput } from "../../../test/support/linkInput";
import { managementCertificate } from "../certificate/managementCertificate";
import type { Values } from "../lifecycle";
import { unknownValue } from "../unknowns";
import { subscriptionCertificateLink } from "./subscriptionCertificateLink";

const subscriptionId = "7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b";
const clock = { now: new Date("2027-10-01T00:00:00Z") };
const context = configuredFrom({}, testPorts(clock));
const registeredAt = "2027-01-01T00:00:00Z";

describe("the preview of a link", () => {
  let first: Values;
  let second: Values;
  let certificatePreview: Values;
  let state: Values;

  beforeAll(async () => {
    const told = { resourceName: "alice", project: "access", stack: "prod" };
    const early = configuredFrom({}, testPorts({ now: new Date("2027-01-01") }));
    const { inputs } = managementCertificate.check(told, early);
    ({ outputs: first } = await managementCertificate.create(inputs, early));
    certificatePreview = managementCertificate.preview(first, inputs, context);
    second = await managementCertificate.update("", first, inputs, context);
    state = {
      subscriptionId,
      managementEndpoint: "https://management.core.windows.net",
      lineage: first["lineage"],
      sha256Fingerprint: first["sha256Fingerprint"],
      thumbprint: first["thumbprint"],
      overlapHours: 168,
      registered: [{ thumbprint: first["thumbprint"], registeredAt, origin: "created", requestId: "r1" }],
      certificateCount: 2,
      resourceName: "alice-prod",
    };
  });

  const preview = (olds: Values | null, news: Values) =>
    subscriptionCertificateLink.preview(olds, { subscriptionId, resourceName: "alice-prod", ...news }, context);
  const coming = { registeredAt: unknownValue, origin: "created", requestId: unknownValue };

  it("of a new one knows where it is and which certificate is accepted there", () => {
    expect(preview(null, { certificate: certificateInput(first) })).toEqual({
      ...state,
      registered: unknownValue,
      certificateCount: unknownValue,
      history: unknownValue,
    });
  });

  it("shows no new history where nothing comes and nothing goes, and none of a state that has none", () => {
    const recorded = { certificate: certificateInput(first), allowLast: true };
    const entry = { at: registeredAt, action: "registered", thumbprint: first["thumbprint"], because: "new here" };
    const head = { sequence: 2, hash: "0".repeat(64) };
    expect(preview({ ...state, history: [entry], evidence: head }, recorded)).toMatchObject({
      history: [entry],
      evidence: head,
    });
    expect(preview(state, recorded)).not.toHaveProperty("history");
    expect(preview(state, { certificate: certificateInput(second) })).toMatchObject({ history: unknownValue });
  });

  it("knows that what was found missing is registered anew", () => {
    const missing = [{ thumbprint: first["thumbprint"], registeredAt, origin: "created", missingSince: registeredAt }];
    const restoring = { certificate: certificateInput(first), whenRemovedElsewhere: "restore" };
    expect(preview({ ...state, registered: missing }, restoring)).toMatchObject({
      registered: [{ ...coming, thumbprint: first["thumbprint"] }],
      history: unknownValue,
    });
  });

  it("on the day of a rotation knows what stays, although the new certificate is not made yet", () => {
    const { previous, overlapHours } = certificatePreview;
    const certificate = { der: unknownValue, previous, overlapHours };
    expect(preview(state, { certificate })).toMatchObject({
      subscriptionId,
      managementEndpoint: state["managementEndpoint"],
      lineage: first["lineage"],
      overlapHours: 168,
      thumbprint: unknownValue,
      registered: [
        // Its overlap begins when the successor is registered.
        { thumbprint: first["thumbprint"], registeredAt, requestId: "r1", retireAt: unknownValue },
        { ...coming, thumbprint: unknownValue },
      ],
    });
  });

  it("knows which certificate comes once that is made", () => {
    const { registered } = preview(state, { certificate: certificateInput(second) });
    expect(registered).toEqual([
      { thumbprint: first["thumbprint"], registeredAt, origin: "created", requestId: "r1", retireAt: unknownValue },
      { ...coming, thumbprint: second["thumbprint"] },
    ]);
  });

  it("knows until when the previous one stays once its successor is registered, and that it goes after that", () => {
    const now = clock.now.toISOString().replace(".000", "");
    const both = [
      ...(state["registered"] as Values[]),
      { thumbprint: second["thumbprint"], registeredAt: now, origin: "created" },
    ];
    const overlapping = { ...state, thumbprint: second["thumbprint"], registered: both };
    const [old, current] = preview(overlapping, { certificate: certificateInput(second) })["registered"] as Values[];
    expect([old?.["retireAt"], current]).toEqual(["2027-10-08T00:00:00Z", both[1]]);
    clock.now = new Date("2027-11-01");
    expect(preview(overlapping, { certificate: certificateInput(second) })["registered"]).toEqual([both[1]]);
    clock.now = new Date("2027-10-01");
  });

  it("does not count a revoked certificate among those that stay", () => {
    const { previous, overlapHours } = certificateInput(second);
    const revoked = (previous as Values[]).map((version) => ({ ...version, revoked: true }));
    const { registered } = preview(state, { certificate: { der: unknownValue, previous: revoked, overlapHours } });
    expect(registered).toEqual([{ ...coming, thumbprint: unknownValue }]);
  });

  it("knows nothing of what it can't: an unknown certificate, subscription or endpoint", () => {
    const nothing = { certificate: unknownValue, subscriptionId: unknownValue, managementEndpoint: unknownValue };
    expect(preview(null, nothing)).toEqual({
      subscriptionId: unknownValue,
      managementEndpoint: unknownValue,
      lineage: unknownValue,
      overlapHours: unknownValue,
      thumbprint: unknownValue,
      sha256Fingerprint: unknownValue,
      registered: unknownValue,
      certificateCount: unknownValue,
      history: unknownValue,
      resourceName: "alice-prod",
    });
  });
});
