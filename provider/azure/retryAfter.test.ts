import { describe, expect, it } from "vitest";
import { httpDate, retryAfterMs } from "./retryAfter";

const now = new Date("2027-03-01T00:00:00Z");
const serverDate = new Date("2027-03-01T00:10:00Z");

describe("retryAfterMs", () => {
  it.each<[string, string | null, number | null]>([
    ["seconds", "12", 12_000],
    ["zero", "0", 0],
    ["surrounding blanks", " 3 ", 3_000],
    ["a date, counted from the server's clock", "Mon, 01 Mar 2027 00:10:30 GMT", 30_000],
    ["a date that has passed on the server's clock", "Mon, 01 Mar 2027 00:09:00 GMT", 0],
    ["more than five minutes is five minutes", "86400", 300_000],
    ["a far date is five minutes", "Wed, 01 Mar 2028 00:00:00 GMT", 300_000],
    ["no header", null, null],
    ["nothing", "", null],
    ["a negative number", "-1", null],
    ["a fraction", "1.5", null],
    ["words", "soon", null],
    ["a unit", "10s", null],
    ["a date in another form", "2027-03-01T00:10:30Z", null],
    ["a number that no counter holds", "99999999999999999999", null],
  ])("%s", (_name, header, expected) => {
    expect(retryAfterMs(header, serverDate, now)).toBe(expected);
  });

  it("counts a date from our clock where the server does not tell its own", () => {
    expect(retryAfterMs("Mon, 01 Mar 2027 00:00:20 GMT", null, now)).toBe(20_000);
  });
});

describe("httpDate", () => {
  it.each(["Tue, 30 Feb 2027 99:00:00 GMT", "0", "-1", "Mon, 01 Mar 2027 00:00:00 CET", ""])("%s is none", (text) => {
    expect(httpDate(text)).toBeNull();
  });
});
