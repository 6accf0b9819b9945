const oldest = { major: 22, minor: 19 };

/**
 * Why the command can't run on this version of Node.js, or null. Asked before anything else is loaded: an older version
 * would fail in the middle of a dependency, with a message that helps nobody.
 */
export function problemWithNode(version: string): string | null {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const supported = major > oldest.major || (major === oldest.major && minor >= oldest.minor);
  return supported
    ? null
    : `azure-certificates needs Node.js ${oldest.major}.${oldest.minor} or newer, and this is ${version}. Install a newer one from https://nodejs.org, or with your version manager.`;
}
