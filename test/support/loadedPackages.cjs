// Loaded before a program: writes down which packages it loads, as it loads them.
const { appendFileSync } = require("node:fs");
const { registerHooks } = require("node:module");

const known = new Set();
registerHooks({
  load(url, context, nextLoad) {
    const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1];
    if (name !== undefined && !known.has(name)) {
      known.add(name);
      appendFileSync(process.env["LOADED_PACKAGES"], `${name}\n`);
    }
    return nextLoad(url, context);
  },
});
