// What the tests share. They run in a folder into which the package was installed.

import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';

const number = (digits) => BigInt(digits);

/** The signs that every language is tested against. */
export const vectors = JSON.parse(readFileSync(process.env.FACEID_TEST_VECTORS, 'utf8'), (name, value) =>
  ['issued_at', 'expires_at', 'now'].includes(name) ? number(value) : value,
);

export const KEY = 'ICVvC_xUs6177WEtyUNwIH8J6NfGu50t';
export const SECRET = 'UjYGdN9CBZKsDBLB5-5v3DykPXY6dw3q';
export const STAMP = { issuedAt: 1530762118, nonce: '0799687066' };

/** The vendor's formula on what Node brings along. */
export function oracle(key, secret, expiresAt, issuedAt, nonce) {
  const raw = Buffer.from(`a=${key}&b=${expiresAt}&c=${issuedAt}&d=${nonce}`);
  return Buffer.concat([createHmac('sha1', secret).update(raw).digest(), raw]).toString('base64');
}
