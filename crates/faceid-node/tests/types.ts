// Compiled with --strict, then run.

import { Signer, diagnose, verifySign } from '@faceid/sign';
import type { Claims, Diagnosis, ErrorCode, SignOptions, SignerError } from '@faceid/sign';

const options: SignOptions = { issuedAt: 1530762118n, nonce: '0799687066', validity: 100 };
const signer: Signer = new Signer('fake-key', new Uint8Array([65]));
const buffered = new Signer('fake-key', Buffer.from('A'));
const sign: string = signer.sign(options);
const claims: Claims = verifySign('fake-key', 'A', sign, { now: 1530762118 });
const expiry: number | null = claims.expiresAt;
const found: Diagnosis = diagnose('fake-key', 'A', buffered.sign({ singleUse: true }));
let code: ErrorCode | undefined;
try {
  signer.verify(sign);
} catch (error) {
  code = (error as SignerError).code;
}
// @ts-expect-error a nonce is text
const wrong = () => signer.sign({ nonce: 799687066 });
// @ts-expect-error it is not written so
const misspelt = () => signer.sign({ single_use: true });
// @ts-expect-error it cannot be set
const set = () => { signer.apiKey = 'k'; };

if (expiry !== 1530762218 || found.name !== 'valid' || code !== 'EXPIRED') throw new Error('types.ts');
void [wrong, misspelt, set];
