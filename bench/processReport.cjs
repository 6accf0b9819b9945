// Loaded into a process by --require: at its end it writes what it used beside the others. The engine ends its providers
// with SIGINT, after which Node itself would run nothing more.
const { appendFileSync } = require("node:fs");

process.once("SIGINT", () => process.exit(0));
process.once("exit", () => {
  const { user, system } = process.cpuUsage();
  const { rss } = process.memoryUsage();
  const line = {
    program: process.argv[1],
    processorMs: (user + system) / 1000,
    residentBytes: rss,
    // In kilobytes, everywhere.
    mostResidentBytes: process.resourceUsage().maxRSS * 1024,
  };
  appendFileSync(process.env.BENCH_PROCESS_REPORT, `${JSON.stringify(line)}\n`);
});
