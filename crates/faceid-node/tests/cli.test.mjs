import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once as event } from 'node:events';
import { existsSync, mkdtempSync, openSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { KEY, SECRET, STAMP, oracle } from './support.mjs';

const folder = mkdtempSync(join(tmpdir(), 'faceid-sign-'));
const file = (name, text) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const PAIR = { FACEID_API_KEY: KEY, FACEID_API_SECRET: SECRET };
const FILES = { FACEID_API_KEY_FILE: file('key', `${KEY}\n`), FACEID_API_SECRET_FILE: file('secret', `${SECRET}\r\n`) };
const stamp = ['--issued-at', `${STAMP.issuedAt}`, '--nonce', STAMP.nonce];
const sign = oracle(KEY, SECRET, STAMP.issuedAt + 100, STAMP.issuedAt, STAMP.nonce);
const once = oracle(KEY, SECRET, 0, STAMP.issuedAt, STAMP.nonce);

// The bytes are the secret, whatever they are.
const bytes = Buffer.from([...Buffer.from('s'), 0xff, ...Buffer.from('s')]);
const ofBytes = { FACEID_API_KEY: KEY, FACEID_API_SECRET_FILE: file('bytes', Buffer.concat([bytes, Buffer.from('\r\n')])) };
const signOfBytes = oracle(KEY, bytes, STAMP.issuedAt + 100, STAMP.issuedAt, STAMP.nonce);
const utf16 = { FACEID_API_KEY: KEY, FACEID_API_SECRET_FILE: file('utf16', Buffer.from(`\ufeff${SECRET}\n`, 'utf16le')) };
const keyOfUtf16 = { FACEID_API_SECRET: SECRET, FACEID_API_KEY_FILE: file('utf16-key', Buffer.from(KEY, 'utf16le')) };

const RUNS = [
  { args: ['sign', ...stamp], env: PAIR, code: 0, says: new RegExp(`^${sign.replace('+', '\\+')}\n$`) },
  { args: ['sign', ...stamp, '--single-use'], env: FILES, code: 0, says: new RegExp(`^${once.replaceAll('+', '\\+')}\n$`) },
  { args: ['sign', ...stamp], env: ofBytes, code: 0, says: new RegExp(`^${signOfBytes.replaceAll('+', '\\+')}\n$`) },
  { args: ['sign'], env: utf16, code: 3, says: /api_secret begins or ends with a byte order mark/ },
  { args: ['sign'], env: keyOfUtf16, code: 3, says: /api_key contains/ },
  { args: ['sign'], env: { ...PAIR, FACEID_API_SECRET: undefined, FACEID_API_SECRET_FILE: file('lines', `${SECRET}\n\n`) }, code: 3, says: /line end/ },
  { args: ['sign', '--validity', '0'], env: PAIR, code: 2, says: /single request is --single-use$/m },
  { args: ['sign', '--nonce', '-1'], env: PAIR, code: 2, says: /the nonce has/ },
  { args: ['sign', '--validity', '-1'], env: PAIR, code: 2, says: /validity is not .* from 1 to 4294967295/ },
  { args: ['sign', '--issued-at', '-1'], env: PAIR, code: 2, says: /--issued-at is negative/ },
  { args: ['sign', '--single-use', '-1'], env: PAIR, code: 2, says: /no such argument/ },
  { args: ['sign', '--validity', '--single-use'], env: PAIR, code: 2, says: /no such argument/ },
  { args: ['sign', '--nonce', 'x'], env: PAIR, code: 2, says: /the nonce has/ },
  { args: ['sign', '--issued-at', '1.5'], env: PAIR, code: 2, says: /digits alone/ },
  { args: ['sign', '--issued-at', '1530762118000'], env: PAIR, code: 2, says: /--issued-at is in milliseconds/ },
  { args: ['sign', '--issued-at', '100000000000'], env: PAIR, code: 2, says: /--issued-at is in milliseconds/ },
  { args: ['sign', '--issued-at', '99999999999'], env: PAIR, code: 0, says: /^\S+\n$/ },
  { args: ['sign', '--issued-at', '9000000000000000000'], env: PAIR, code: 0, says: /^\S+\n$/ },
  { args: ['sign', '--api-secret', SECRET], env: PAIR, code: 2, says: /no such argument/ },
  { args: ['sign', SECRET], env: PAIR, code: 2, says: /no such argument/ },
  { args: ['sign'], env: {}, code: 3, says: /FACEID_API_KEY/ },
  { args: ['sign'], env: { ...PAIR, ...FILES }, code: 3, says: /not both/ },
  { args: ['sign'], env: { ...PAIR, FACEID_API_SECRET: ' x' }, code: 3, says: /white space/ },
  { args: ['sign'], env: { ...PAIR, FACEID_API_SECRET: 'a\ufffd' }, code: 3, says: /FACEID_API_SECRET .*not UTF-8.* FACEID_API_SECRET_FILE/ },
  { args: ['inspect'], env: { ...PAIR, FACEID_API_KEY: 'a\ufffd' }, code: 3, says: /FACEID_API_KEY .*not UTF-8.* FACEID_API_KEY_FILE/ },
  { args: ['sign'], env: { FACEID_API_KEY: KEY, FACEID_API_SECRET_FILE: join(folder, 'none') }, code: 3, says: /ENOENT/ },
  { args: ['inspect'], env: PAIR, input: `${sign}\n`, code: 1, says: /expired \d+ s ago.*\(expired\)/ },
  { args: ['inspect', '-'], env: {}, input: sign, code: 0, says: /issued    1530762118 \(2018-07-05T03:41:58Z\)[^]*not known/ },
  { args: ['inspect', file('once', once)], env: {}, code: 0, says: /single use/ },
  { args: ['inspect'], env: {}, input: `FACEID_SIGN=${sign}\n`, code: 0, says: /issued    1530762118/ },
  { args: ['inspect'], env: PAIR, input: 'nonsense', code: 1, says: /reads     no[^]*no sign at all \(unknown\)/ },
  { args: ['inspect'], env: {}, input: `"${sign}"`, code: 1, says: /^reads     no.*\nverifies  not known: with .*_KEY and .*_SECRET set a slip can be named\n$/ },
  { args: ['inspect', file('longest', 'x'.repeat(65536))], env: PAIR, code: 1, says: /reads     no[^]*\(unknown\)/ },
  { args: ['inspect'], env: PAIR, input: 'x'.repeat(65537), code: 1, says: /the sign cannot be read: more than 64 KiB/ },
  { args: ['inspect', file('longer', 'x'.repeat(65537))], env: PAIR, code: 1, says: /more than 64 KiB/ },
  { args: ['sign'], env: { FACEID_API_KEY: KEY, FACEID_API_SECRET_FILE: join(folder, 'longer') }, code: 3, says: /64 KiB/ },
  { args: ['inspect', 'a', 'b'], env: PAIR, code: 2, says: /one file/ },
  { args: ['inspect', join(folder, 'none')], env: PAIR, code: 1, says: /ENOENT/ },
  { args: [], env: {}, code: 2, says: /^usage/ },
  { args: ['--help'], env: {}, code: 0, says: /^usage: npx --no -- @faceid\/sign sign / },
  { args: ['--version'], env: {}, code: 0, says: /^faceid-sign \d+\.\d+\.\d+\n$/ },
  { args: ['other'], env: {}, code: 2, says: /sign and inspect/ },
];

test('runs', () => {
  for (const { args, env, input = '', code, says } of RUNS) {
    const all = { PATH: process.env.PATH, ...env };
    const run = spawnSync(join('node_modules', '.bin', 'faceid-sign'), args, { env: all, input, encoding: 'utf8' });
    const said = run.stdout + run.stderr;
    assert.equal(run.status, code, `${args}: ${said}`);
    assert.match(said, says, `${args}`);
    assert.equal(run.stdout !== '', code < 2 && run.stderr === '', `${args}: data on stdout, talk on stderr`);
    assert.ok(!said.includes(SECRET), `${args}`);
  }
});

test('a reader that went changes no exit code', async () => {
  const runs = [[['sign'], 0], [['--help'], 0], [['inspect', file('sign', sign)], 1]];
  for (const [args, code] of runs) {
    const run = spawn(join('node_modules', '.bin', 'faceid-sign'), args, { env: { PATH: process.env.PATH, ...PAIR } });
    run.stdin.end();
    run.stdout.destroy();
    const said = [];
    run.stderr.on('data', (chunk) => said.push(chunk));
    assert.deepEqual(await event(run, 'close'), [code, null], `${args}`);
    assert.equal(said.join(''), '', `${args}`);
  }
});

test('a full disk is one line', { skip: !existsSync('/dev/full') && '/dev/full is Linux\'s' }, () => {
  for (const args of [['sign', ...stamp], ['--help']]) {
    const stdio = ['ignore', openSync('/dev/full', 'w'), 'pipe'];
    const env = { PATH: process.env.PATH, ...PAIR };
    const run = spawnSync(join('node_modules', '.bin', 'faceid-sign'), args, { env, stdio, encoding: 'utf8' });
    assert.equal(run.status, 1, `${args}`);
    assert.equal(run.stderr, 'faceid-sign: cannot write to stdout: ENOSPC\n', `${args}`);
  }
});
