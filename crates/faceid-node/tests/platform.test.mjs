import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { test } from 'node:test';

const { platform, arch } = process;
const PACKAGE = dirname(createRequire(import.meta.url).resolve('@faceid/sign'));

/** What a program sees that asks for the package on a platform, as it would say it in JSON. */
function required(folder, onPlatform) {
  const program = `
    Object.defineProperty(process, 'platform', { value: ${JSON.stringify(onPlatform)} });
    let seen = 'loaded';
    try { require(${JSON.stringify(folder)}); } catch ({ name, code, message, cause }) {
      seen = { name, code, message, cause: cause?.message };
    }
    console.log(JSON.stringify(seen));`;
  const run = spawnSync(process.execPath, ['--eval', program], { encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
  return JSON.parse(run.stdout);
}

/** The loader beside modules of these names, which are none. */
function loaderWith(modules) {
  const folder = mkdtempSync(join(tmpdir(), 'faceid-sign-'));
  copyFileSync(join(PACKAGE, 'native.js'), join(folder, 'index.js'));
  for (const name of modules) writeFileSync(join(folder, name), 'no module');
  return folder;
}

test('a platform without a module is named', () => {
  const here = `${platform}-${arch}`;
  // the package's modules, or the package itself; the platform, what the message names, whether something else went wrong
  const cases = [
    [null, 'sunos', [`for sunos-${arch} loads`, `holds: ${here}`], false],
    [[], platform, [`for ${here} loads`, 'holds: none'], false],
    [['faceid-sign.sunos-mips.node'], platform, [`for ${here} loads`, 'holds: sunos-mips'], false],
    [[`faceid-sign.${here}-gnu.node`], platform, [`for ${here} loads`, `holds: ${here}-gnu`], true],
  ];
  for (const [modules, onPlatform, named, hasCause] of cases) {
    const folder = modules === null ? PACKAGE : loaderWith(modules);
    const seen = required(folder, onPlatform);
    assert.equal(`${seen.name} ${seen.code}`, 'Error UNSUPPORTED_PLATFORM');
    for (const text of [...named, 'README']) assert.ok(seen.message.includes(text), `${text}: ${seen.message}`);
    assert.equal(seen.cause !== undefined, hasCause, seen.cause);
    if (modules !== null) rmSync(folder, { recursive: true });
  }
  assert.equal(required(PACKAGE, platform), 'loaded');
});
