'use strict';

// The module that was built for this platform, out of those that the package holds.

const { readdirSync } = require('node:fs');
const { join } = require('node:path');

const { platform, arch } = process;

function load() {
  // On Linux the C library is part of the name (gnu, musl); the other one's module does not load.
  const built = readdirSync(__dirname).filter((name) => name.endsWith('.node'));
  const fitting = built.filter((name) => name.split('.')[1].startsWith(`${platform}-${arch}`));
  let cause;
  for (const name of fitting) {
    try {
      return require(join(__dirname, name));
    } catch (error) {
      cause ??= error;
    }
  }
  const holds = built.map((name) => name.split('.')[1]).join(', ') || 'none';
  const error = new Error(
    `@faceid/sign: no native module for ${platform}-${arch} loads; this package holds: ${holds}. ` +
      'How to build one is in the package\'s README.',
    { cause },
  );
  error.code = 'UNSUPPORTED_PLATFORM';
  throw error;
}

module.exports = load();
