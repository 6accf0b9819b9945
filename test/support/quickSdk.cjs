// Required first by every process that a scenario or a kill starts (vitest.config.mts). Pulumi's SDK loads TypeScript and
// npm's solver of dependencies, half the time of its start, for the day on which somebody serializes a function: here they
// are loaded when they are first used. Nothing else is different; the benches and the users' processes go without this.
const Module = require("node:module");

const seldomUsed = { "@npmcli/arborist": "/runtime/closure/codePaths.js", typescript: "/typescript-shim.js" };
const load = Module._load;

Module._load = function lazily(request, parent, ...rest) {
  if (!parent?.filename?.endsWith(`@pulumi/pulumi${seldomUsed[request]}`)) {
    return load.call(this, request, parent, ...rest);
  }
  // One that is missing is missing at once: the SDK has another TypeScript for that.
  Module._resolveFilename(request, parent);
  let loaded;
  const real = () => {
    loaded ??= load.call(this, request, parent, ...rest);
    return loaded;
  };
  // A namespace as it is, so that nobody copies its members, which would load it.
  return new Proxy({}, { get: (_, name) => name === "__esModule" || real()[name] });
};
