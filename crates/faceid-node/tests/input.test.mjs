import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';

import { Signer, diagnose, verifySign } from '@faceid/sign';

import { KEY, SECRET, STAMP, oracle } from './support.mjs';

const signer = new Signer(KEY, SECRET);
const sign = signer.sign(STAMP);

/** Calls and the class and code that each must end in. */
function refused(rows) {
  for (const [name, code, call] of rows) {
    for (const [at, value] of call.values.entries()) {
      assert.throws(
        () => call.call(value),
        (error) => {
          assert.equal(`${error.name} ${error.code}`, `${name} ${code}`, `${at}: ${error}`);
          assert.ok(!`${inspect(error)}${error.stack}`.includes(SECRET));
          return true;
        },
        `${code} ${at}`,
      );
    }
  }
}

const given = (call, ...values) => ({ call, values });
const key = (value) => new Signer(value, SECRET);
const secret = (value) => new Signer(KEY, value);
const at = (issuedAt) => signer.sign({ ...STAMP, issuedAt });
const nonce = (value) => signer.sign({ ...STAMP, nonce: value });
const validity = (value) => signer.sign({ ...STAMP, validity: value });
const singleUse = (value) => signer.sign({ ...STAMP, singleUse: value });
const now = (value) => signer.verify(sign, { now: value });

const WRONG = [null, true, {}, [], Symbol('s'), () => 'f', new Date(), new Proxy({}, {})];

test('keys and secrets', () => {
  const detached = new Uint8Array(8).fill(65);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  const shared = new Uint8Array(new SharedArrayBuffer(8)).fill(65);
  refused([
    ['TypeError', 'WRONG_TYPE', given(key, ...WRONG, undefined, 1, 1n, Buffer.from(KEY), new String(KEY))],
    ['TypeError', 'WRONG_TYPE', given(secret, ...WRONG, undefined, 1, 1n, new String(SECRET), new ArrayBuffer(8))],
    ['TypeError', 'WRONG_TYPE', given(secret, new Uint16Array(8), new Int8Array(8), new DataView(new ArrayBuffer(8)))],
    ['TypeError', 'WRONG_TYPE', given(secret, new SharedArrayBuffer(8), new Proxy(Buffer.from(SECRET), {}))],
    ['TypeError', 'DETACHED_BUFFER', given(secret, detached)],
    ['TypeError', 'SHARED_BUFFER', given(secret, shared, Buffer.from(shared.buffer))],
    ['RangeError', 'LONE_SURROGATE', given(secret, '\uD83D', `${SECRET}\uDE00`, '\uDE00\uD83D')],
    ['RangeError', 'KEY_EMPTY', given(key, '')],
    ['RangeError', 'KEY_EDGE_BLANK', given(key, ' k', 'k\t')],
    ['RangeError', 'KEY_EDGE_LINE_END', given(key, 'k\n', '\rk')],
    ['RangeError', 'KEY_EDGE_BYTE_ORDER_MARK', given(key, '\uFEFFk')],
    ['RangeError', 'KEY_SEPARATOR', given(key, 'k&k', 'k=k')],
    ['RangeError', 'KEY_CONTROL', given(key, 'k\0k')],
    ['RangeError', 'KEY_NON_ASCII', given(key, 'ké', '钥', 'k\uD83D')],
    ['RangeError', 'SECRET_EMPTY', given(secret, '', Buffer.alloc(0), new Uint8Array())],
    ['RangeError', 'SECRET_EDGE_BLANK', given(secret, ` ${SECRET}`, Buffer.from(`${SECRET} `))],
    ['RangeError', 'SECRET_EDGE_LINE_END', given(secret, `${SECRET}\n`, Buffer.from(`${SECRET}\r\n`))],
    ['RangeError', 'SECRET_EDGE_BYTE_ORDER_MARK', given(secret, `\uFEFF${SECRET}`)],
  ]);
});

test('what a sign is made of', () => {
  refused([
    ['TypeError', 'WRONG_TYPE', given(at, ...WRONG, '1530762118')],
    ['RangeError', 'TIME_OUT_OF_RANGE', given(at, -1, 1.5, NaN, Infinity, -Infinity, -1n, 2n ** 64n, 2n ** 200n)],
    ['RangeError', 'TIME_IN_MILLISECONDS', given(at, 1530762118000, 1e11, Number.MAX_SAFE_INTEGER, 1e300)],
    ['RangeError', 'TIME_IN_MILLISECONDS', given(at, 1530762118000n, 10n ** 11n, 9n * 10n ** 18n - 1n)],
    ['RangeError', 'EXPIRY_OVERFLOW', given(at, 2n ** 64n - 1n)],
    ['TypeError', 'WRONG_TYPE', given(nonce, ...WRONG, 799687066, 1n, new String('1'))],
    ['RangeError', 'NONCE_EMPTY', given(nonce, '')],
    ['RangeError', 'NONCE_TOO_LONG', given(nonce, '07996870661', '1'.repeat(1e6))],
    ['RangeError', 'NONCE_NOT_DIGITS', given(nonce, '-1', '+1', ' 1', '1\n', '1e5', 'abc', '1\0', '٠١٢', '１２', '１')],
    ['RangeError', 'NONCE_NOT_DIGITS', given(nonce, '123456789１', '1234567890é', '1234567890😀', '\uD83D', '\u0130')],
    ['TypeError', 'WRONG_TYPE', given(validity, ...WRONG, '100', 100n)],
    ['RangeError', 'VALIDITY_OUT_OF_RANGE', given(validity, 0, -0, -1, 1.5, NaN, Infinity, 2 ** 32, 1e300)],
    ['TypeError', 'WRONG_TYPE', given(singleUse, null, 1, 0, 'true', {})],
    ['RangeError', 'VALIDITY_AND_SINGLE_USE', given(() => signer.sign({ validity: 100, singleUse: true }), 0)],
    ['TypeError', 'WRONG_TYPE', given((options) => signer.sign(options), null, 1, 'x', true, () => 1)],
    ['TypeError', 'WRONG_TYPE', given((options) => signer.sign(options), [], ['x'], new Date(), new (class {})())],
    ['TypeError', 'WRONG_TYPE', given((options) => signer.sign(options), new Map([['validity', 3600]]), signer)],
    ['TypeError', 'UNKNOWN_OPTION', given((options) => signer.sign(options), { single_use: true }, { now: 1 })],
    ['TypeError', 'UNKNOWN_OPTION', given((options) => signer.sign(options), Object.assign(Object.create(null), { singleuse: 1 }))],
  ]);
  for (const issuedAt of [10n ** 11n - 1n, 9n * 10n ** 18n, 2n ** 64n - 101n]) {
    const made = oracle(KEY, SECRET, issuedAt + 100n, issuedAt, STAMP.nonce);
    const options = { ...STAMP, issuedAt };
    const plain = [runInNewContext('({ ...options })', { options }), Object.assign(Object.create(null), options)];
    assert.deepEqual(plain.map((each) => signer.sign(each)), [made, made]);
  }
  assert.throws(() => validity(0), /singleUse: true/);
  assert.throws(() => signer.sign({ single_use: true }), /"single_use".*singleUse/);
});

test('signs that come from outside', () => {
  const verify = (value) => signer.verify(value, { now: STAMP.issuedAt });
  refused([
    ['TypeError', 'WRONG_TYPE', given(verify, ...WRONG, undefined, 1, 1n, Buffer.from(sign))],
    ['TypeError', 'WRONG_TYPE', given((value) => diagnose(KEY, SECRET, value), ...WRONG, undefined, 1)],
    ['TypeError', 'WRONG_TYPE', given((value) => verifySign(KEY, SECRET, sign, value), null, 1, 'x', [], new Date())],
    ['TypeError', 'UNKNOWN_OPTION', given((options) => signer.verify(sign, options), { Now: 1 }, STAMP)],
    ['TypeError', 'UNKNOWN_OPTION', given((options) => diagnose(KEY, SECRET, sign, options), { at: 1 }, STAMP)],
    ['TypeError', 'WRONG_TYPE', given(now, null, 'x', {}, true)],
    ['RangeError', 'TIME_OUT_OF_RANGE', given(now, -1, 0.5, NaN, -1n, 2n ** 64n)],
    ['RangeError', 'TIME_IN_MILLISECONDS', given(now, Date.now(), BigInt(Date.now()))],
    ['Error', 'MALFORMED', given(verify, '', ' ', '\0', 'x'.repeat(1e6), '\uD83D', '签名', `${sign}\n`, `b'${sign}'`)],
    ['Error', 'MISMATCH', given(verify, `T${sign.slice(1)}`, new Signer(KEY, 'another-secret').sign(STAMP))],
    ['Error', 'EXPIRED', given(() => signer.verify(sign), 0)],
  ]);
  for (const text of ['', '\0', '\uD83D', '签名', 'x'.repeat(1e6)]) {
    assert.equal(diagnose(KEY, SECRET, text).name, 'unknown');
  }
});

test('objects of another kind are no signers', () => {
  for (const other of [{}, null, Object.create(Signer.prototype), new Proxy(signer, {})]) {
    assert.throws(() => Signer.prototype.sign.call(other), TypeError);
  }
  assert.throws(() => Signer(KEY, SECRET), TypeError);
});

test('nothing shows the secret', () => {
  const shown = [
    inspect(signer),
    inspect(signer, { showHidden: true, depth: null, getters: true }),
    inspect([signer]),
    inspect({ a: { b: { c: { signer } } } }, { depth: 9 }),
    JSON.stringify({ signer }),
    String(signer),
    JSON.stringify(Object.getOwnPropertyDescriptors(signer)),
  ];
  for (const text of shown) assert.ok(!text.includes(SECRET), text);
  assert.equal(inspect(signer), `Signer { apiKey: '${KEY}' }`);
  assert.equal(JSON.stringify(signer), `{"apiKey":"${KEY}"}`);
  assert.equal(`${signer}`, `Signer(${KEY})`);
});

test('worker threads', async () => {
  const source = `
    const { parentPort, workerData } = require('node:worker_threads');
    const { Signer } = require(workerData.path);
    const signer = new Signer(workerData.key, workerData.secret);
    let last;
    for (let at = 0; at < 1000; at += 1) last = signer.sign(workerData.stamp);
    parentPort.postMessage(last);`;
  const { createRequire } = await import('node:module');
  const path = createRequire(import.meta.url).resolve('@faceid/sign');
  const workerData = { path, key: KEY, secret: SECRET, stamp: STAMP };
  const signs = Array.from({ length: 8 }, () => new Promise((resolve, reject) => {
    new Worker(source, { eval: true, workerData }).once('message', resolve).once('error', reject);
  }));
  assert.deepEqual(await Promise.all(signs), Array(8).fill(sign));
});

test('codes are those of the C library', () => {
  const own = readFileSync(process.env.FACEID_TEST_TYPES, 'utf8').match(/(?<=\| ')[A-Z_]+(?=')/g);
  const header = readFileSync(process.env.FACEID_TEST_HEADER, 'utf8').match(/(?<=FACEID_STATUS_)[A-Z_]+(?= = )/g);
  // Of C alone: that nothing is wrong, and what is the matter with pointers and buffers.
  const alone = ['OK', 'NULL_POINTER', 'BUFFER_TOO_SMALL', 'LENGTH_TOO_LARGE', 'PANICKED'];
  assert.deepEqual(header.filter((name) => !alone.includes(name) && !own.includes(name)), []);
  assert.ok(header.length > 20);
});
