import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome"];

/** Debian's, or whichever stands on the PATH; null where there is none. */
export const chromiumPath: string | null =
  (process.env["PATH"] ?? "")
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path)) ?? null;

export interface RunningBrowser {
  readonly browser: Browser;
  close(): Promise<void>;
}

/** A browser that has never seen anything, and talks to nobody by itself. */
export async function startChromium(executablePath: string): Promise<RunningBrowser> {
  // Its home too: Debian's Chromium keeps caches there.
  const home = mkdtempSync(join(tmpdir(), "azure-certificates-chromium-"));
  const browser = await chromium.launch({
    executablePath,
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home } as Record<string, string>,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  return {
    browser,
    close: async () => {
      await browser.close();
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
