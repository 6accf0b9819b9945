import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { htmlReport } from "../../cli/report/htmlReport";
import { gatherReport, type ReadState } from "../../cli/report/report";
import { parseStackExport } from "../../cli/stackExport";
import { chromiumPath, type RunningBrowser, startChromium } from "../support/chromium";
import { companyInTrouble, companyState, largeCompany, smallCompany } from "../support/companyState";
import { certificate, link, snapshot, stateOf } from "../support/exportedStack";
import { hostileNames } from "../support/hostileNames";
import { repositoryRoot } from "../support/project";

const now = new Date("2027-03-01T12:00:00Z");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

function read(state: unknown, source: string): ReadState {
  return { source, content: parseStackExport(JSON.stringify(state)) };
}

function companyPage(): string {
  const small = { ...smallCompany, people: 6, groups: 1, subscriptions: 3, membersPerGroup: 4 };
  const states = [read(companyInTrouble(now), "prod.json"), read(companyState(small, now, "staging"), "staging.json")];
  return htmlReport(gatherReport(states, now));
}

describe.runIf(chromiumPath !== null)("the page of a report, in a browser", () => {
  let chromium: RunningBrowser;
  let server: Server;
  let html = "";
  /** Every request that reached the machine that the page came from. */
  let requests: string[] = [];
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    chromium = await startChromium(chromiumPath ?? "");
    server = createServer((request, response) => {
      requests.push(request.url ?? "");
      response.setHeader("content-type", "text/html; charset=utf-8").end(html);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(async () => {
    await chromium.close();
    server.close();
  });
  afterEach(async () => {
    await page.close();
    // Nothing was refused by the page's own policy, nothing was thrown.
    expect(complaints.splice(0)).toEqual([]);
  });

  async function open(text: string, colorScheme: "light" | "dark" = "light", width = 1280): Promise<void> {
    html = text;
    requests = [];
    page = await chromium.browser.newPage({ colorScheme, viewport: { width, height: 900 } });
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => requests.push(`asked for ${request.url()}`));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/report`);
  }

  async function violations(): Promise<readonly string[]> {
    await page.evaluate(axe);
    const results = (await page.evaluate("axe.run()")) as AxeResults;
    return results.violations.flatMap(({ id, nodes }) => nodes.map(({ html: at }) => `${id}: ${at}`));
  }

  /** Types into the box, and waits until the page says what is left. */
  async function filter(text: string, says: RegExp): Promise<void> {
    await page.fill("#filter", text);
    await page.locator("#found", { hasText: says }).waitFor({ state: "attached" });
  }

  const texts = (selector: string) => page.locator(selector).allInnerTexts();
  const shown = (selector: string) => page.locator(`${selector}:visible`).count();

  it.each([
    ["light", 1280, "rgb(251, 250, 248)"],
    ["dark", 1280, "rgb(20, 21, 23)"],
    ["light", 400, "rgb(251, 250, 248)"],
  ] as const)("can be read by everybody: %s, %i wide", async (scheme, width, paper) => {
    await open(companyPage(), scheme, width);
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe(paper);
    // It looks at everything on the page; the narrow one has the same, in the same colours.
    expect(width < 1000 ? [] : await violations()).toEqual([]);
    const { width: painted } = (await page.evaluate("({ width: document.documentElement.scrollWidth })")) as {
      width: number;
    };
    expect(painted).toBeLessThanOrEqual(width);
    const path = join(repositoryRoot, `.tests/report-${scheme}-${width}.png`);
    expect((await page.screenshot({ path })).byteLength).toBeGreaterThan(20_000);
  });

  it("asks for nothing from anywhere", async () => {
    await open(companyPage());
    await filter("alice", /person|people/);
    expect(new Set(requests.map((request) => request.replace(/^asked for http:\/\/127\.0\.0\.1:\d+/, "")))).toEqual(
      new Set(["/report"]),
    );
    const [fetched, loaded] = (await page.evaluate(`Promise.all([
      fetch("/elsewhere").then(() => "went out", () => "refused"),
      new Promise((resolve) => {
        const image = new Image();
        image.onload = image.onerror = (event) => resolve(event.type);
        image.src = "/image";
      }),
    ])`)) as [string, string];
    expect([fetched, loaded]).toEqual(["refused", "error"]);
    expect(requests.filter((request) => /elsewhere|image/.test(request) && !request.startsWith("asked"))).toEqual([]);
    complaints.length = 0;
  });

  it("says what a screen reader says: what is wrong, the bars, and each cell in words", async () => {
    await open(companyPage());
    expect(await page.locator("h1").textContent()).toMatch(/^6 things are wrong, \d+ things are due within 30 days$/);
    expect(await texts("#wrong .kind")).toEqual([
      "Still open",
      "Still open",
      "Failed",
      "Expired",
      "Missed rotation",
      "Missed rotation",
    ]);
    const bars = await page.getByRole("img").all();
    expect(bars).toHaveLength(44);
    expect(await bars[0]?.getAttribute("aria-label")).toMatch(
      /^was valid from 2026-02-24 to 2027-02-24 and renewal window from 2026-10-25$/,
    );
    const zoe = page.getByRole("row", { name: /zoe\.zimmer/ });
    expect(await zoe.textContent()).toContain("not in the roster");
    expect(await zoe.getByRole("cell").allInnerTexts()).toContainEqual(
      expect.stringContaining("still open with a revoked key of on-call"),
    );
  });

  it("is filtered by name, by stack and by door, and says how much is left", async () => {
    await open(companyPage());
    await filter("noor brown", /^0 wrong, 2 dates, 1 certificate, 1 person$/);
    expect(await shown("#timeline li.row")).toBe(1);
    expect(await shown(".matrix tbody tr")).toBe(1);
    await filter("access/staging", /^0 wrong, \d+ dates, 6 certificates, \d people$/);
    // Everybody who gets in there, and that door alone.
    await filter("identity", /, \d\d people$/);
    expect(await texts(".matrix thead .door")).toEqual(["identity"]);
    await filter("", /^$/);
    expect(await shown("#timeline li.row")).toBe(44);
  });

  it("is used from the keyboard alone", async () => {
    const { deployment } = companyState({ ...smallCompany, people: 120 }, now);
    await open(htmlReport(gatherReport([read({ version: 3, deployment }, "prod.json")], now)));
    const focused = () =>
      page.evaluate(
        "(() => { const { tagName, id, className, textContent, href } = document.activeElement; return [tagName, id || className || href?.replace(/.*#/, '#') || '', tagName === 'BUTTON' ? textContent : ''].join(' ').trim(); })()",
      );
    const reached: unknown[] = [];
    for (let step = 0; step < 12; step += 1) {
      await page.keyboard.press("Tab");
      reached.push(await focused());
    }
    expect(reached.slice(0, 10)).toEqual([
      "A skip",
      "A #wrong",
      "A #due",
      "A #timeline",
      "A #people",
      "INPUT filter",
      "DIV wide",
      "DIV matrix-frame",
      "BUTTON  Next",
      "DIV wide",
    ]);
    await page.locator("button", { hasText: "Next" }).focus();
    await page.keyboard.press("Enter");
    expect(await page.locator(".pager [role=status]").textContent()).toBe("51 to 100 of 120 people");
    await page.keyboard.press("Enter");
    expect(await page.locator(".pager [role=status]").textContent()).toBe("101 to 120 of 120 people");
    // The button went out of use, and the keyboard is where the table is.
    expect(await focused()).toBe("DIV matrix-frame");
    expect(await shown(".matrix tbody tr")).toBe(20);
  });

  it("takes names as data, whatever they are", async () => {
    const roster = {
      subscriptions: hostileNames.map((name) => ({ name, subscriptionId: name })),
      people: hostileNames.map((name) => ({ id: name, name: `${name} `, subscriptions: [name] })),
      groups: [],
    };
    const resources = hostileNames.flatMap((name) => [
      certificate(`team/people/${name}`, { holders: [name] }),
      link(`team/people/${name}/${name}`, `team/people/${name}`, { subscriptionId: name }, { initErrors: [name] }),
    ]);
    await open(htmlReport(gatherReport([stateOf([snapshot("team", roster), ...resources])], now)));
    expect(await page.title()).toMatch(/^Certificates: \d+ wrong, 0 due soon$/);
    expect(await page.locator("img, svg[onload], script").count()).toBe(2);
    const names = await texts(".matrix tbody th bdi:first-child");
    expect(names).toContain("</script><img src=x onerror=document.title=1>");
    expect(names.join("")).not.toMatch(/[\p{Cf}\p{Cc}]/u);
    expect(await violations()).toEqual([]);
  });

  // How long it takes with 5,000 people is measured by `make bench`, where nothing else is at work.
  it("lays out 50 people at a time, of however many, on 200 subscriptions", async () => {
    const size = { ...largeCompany, people: 2_500, groups: 20 };
    await open(htmlReport(gatherReport([read(companyState(size, now), "large.json")], now)));
    expect(html.length).toBeLessThan(3_000_000);
    expect(await shown(".matrix tbody tr")).toBe(50);
    expect(await page.locator(".pager [role=status]").textContent()).toBe("1 to 50 of 2,500 people");
    await filter("lindqvist", / people$/);
    const session = await page.context().newCDPSession(page);
    await session.send("Performance.enable");
    const { metrics } = await session.send("Performance.getMetrics");
    expect(metrics.find(({ name }) => name === "JSHeapUsedSize")?.value).toBeLessThan(100 * 1024 * 1024);
  });
});
