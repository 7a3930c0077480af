import assert from 'node:assert/strict';
import { randomBytes, randomInt } from 'node:crypto';
import { test } from 'node:test';

import { Signer, diagnose, verifySign } from '@faceid/sign';

import { KEY, SECRET, STAMP, oracle, vectors } from './support.mjs';

test('each vector is signed, verified and read', () => {
  assert.equal(vectors.sign.length, 320);
  for (const { name, api_key, api_secret, issued_at, expires_at, validity, nonce, sign } of vectors.sign) {
    const how = validity === '0' ? { singleUse: true } : { validity: Number(validity) };
    for (const secret of [api_secret, Buffer.from(api_secret), new TextEncoder().encode(api_secret)]) {
      assert.equal(new Signer(api_key, secret).sign({ issuedAt: issued_at, nonce, ...how }), sign, name);
    }
    const verify = () => verifySign(api_key, api_secret, sign, { now: issued_at });
    if (issued_at > Number.MAX_SAFE_INTEGER || expires_at > Number.MAX_SAFE_INTEGER) {
      assert.throws(verify, { name: 'RangeError', code: 'TIME_OUT_OF_RANGE' }, name);
    } else {
      const expiresAt = expires_at === 0n ? null : Number(expires_at);
      assert.deepEqual(verify(), { apiKey: api_key, expiresAt, issuedAt: Number(issued_at), nonce }, name);
    }
  }
});

test('each refused sign is refused and its slip named', () => {
  assert.equal(vectors.refused.length, 88);
  for (const { name, slip, api_key, api_secret, now, sign } of vectors.refused) {
    const found = diagnose(api_key, api_secret, sign, { now });
    assert.equal(found.name, slip === 'unrelated_secret' ? 'unknown' : slip, name);
    assert.ok(found.message.length > 10, name);
    // A time too late is no reason to refuse by itself: the service's own limits are not documented.
    if (!['from_the_future', 'milliseconds', 'stale'].includes(slip)) {
      const codes = /^(MALFORMED|MISMATCH|ORDER|EXPIRED)$/;
      assert.throws(() => verifySign(api_key, api_secret, sign, { now }), { name: 'Error', code: codes }, name);
    }
  }
});

test('10 000 random signs are those of createHmac', () => {
  const text = (longest) => randomBytes(randomInt(1, longest)).toString('base64url');
  // Bytes of which none is taken for a blank, a line end or a byte order mark at an edge.
  const bytes = () => Buffer.concat([Buffer.from('<'), randomBytes(randomInt(0, 120)), Buffer.from('>')]);
  for (let at = 0; at < 10_000; at += 1) {
    const [key, secret] = [text(60), at % 2 ? bytes() : text(100)];
    const signer = new Signer(key, secret);
    const issuedAt = randomInt(0, 99_999_999_999);
    const nonce = String(randomInt(0, 10 ** 10)).padStart(randomInt(1, 11), '0');
    const singleUse = at % 3 === 0;
    const validity = singleUse ? undefined : randomInt(1, 2 ** 32);
    const expected = oracle(key, secret, singleUse ? 0 : issuedAt + validity, issuedAt, nonce);
    assert.equal(signer.sign({ issuedAt, nonce, validity, singleUse }), expected);
  }
});

test('what is left out is chosen', () => {
  const signer = new Signer(KEY, SECRET);
  const before = Math.floor(Date.now() / 1000);
  const nonces = new Set();
  for (let at = 0; at < 100; at += 1) {
    const claims = signer.verify(signer.sign());
    assert.ok(claims.issuedAt >= before && claims.issuedAt <= Date.now() / 1000);
    assert.equal(claims.expiresAt, claims.issuedAt + 100);
    assert.match(claims.nonce, /^[0-9]{10}$/);
    nonces.add(claims.nonce);
  }
  assert.equal(nonces.size, 100);
  const { issuedAt, nonce } = STAMP;
  assert.equal(signer.verify(signer.sign({ issuedAt }), { now: issuedAt }).issuedAt, issuedAt);
  assert.equal(signer.verify(signer.sign({ nonce })).nonce, nonce);
  assert.equal(signer.verify(signer.sign({ singleUse: true })).expiresAt, null);
  assert.equal(signer.diagnose(signer.sign()).name, 'valid');
});
