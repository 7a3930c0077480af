// 旷视 FaceID：生成签名，调用 get_biz_token 获取 biz_token。单个文件，只用 Node.js 自带模块，可直接复制到你的项目里。
//
// Megvii FaceID: signs, and gets a biz_token. One file on Node's own modules alone, to be copied. Node 18 or later.
//
//     node faceid.mjs vectors FILE
//     FACEID_API_KEY=.. FACEID_API_SECRET=.. node faceid.mjs token BASE_URL LIVENESS_ID [UUID]

import { createHmac, randomBytes, randomInt } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { fileURLToPath } from 'node:url';

const PATH = '/faceid/v5/sdk/get_biz_token';
const CONNECT_MS = 5_000;
const TOTAL_MS = 15_000;
const VALIDITY_SECONDS = 100;
const LONGEST_ANSWER = 256 * 1024;

const RUN_TOGETHER = /^\s*(MISSING_ARGUMENTS|BAD_ARGUMENTS|AUTHORIZATION_ERROR)([^:_][^:]*)$/i;

/** The service, or a gateway before it, did not give a token. */
export class FaceIdError extends Error {
  constructor(status, text, requestId) {
    // By the text, not by the status: one status stands for many errors. "X: y", "X:y" and "Xy" occur, in any case.
    const [, code, detail = ''] = /^([^:]*)(?::(.*))?$/s.exec(text.replace(RUN_TOGETHER, '$1:$2'));
    const what = `${code.trim().toUpperCase() || 'NO_ERROR_CODE'} ${detail.trim()}`.trim();
    super(shown(`${what} (HTTP ${status}, request_id ${requestId ?? 'none'})`));
    this.name = 'FaceIdError';
    this.code = code.trim().toUpperCase();
    this.detail = detail.trim();
    Object.assign(this, { status, text, requestId });
  }
}

/** In one line, without what would steer a terminal. */
function shown(text) {
  return text.replace(/[\s\p{Cc}]+/gu, ' ');
}

/** For half a character U+FFFD would be sent: a wrong secret, one uuid for many users. Decoders put it too. */
function checkText(field, text) {
  if (Buffer.from(text).toString().includes('\uFFFD')) {
    throw new RangeError(`${field}: broken text (a lone surrogate or U+FFFD)`);
  }
}

/** The form field `sign`: whoever has it may use the key until it expires. A validity of 0 makes it single-use. */
export function sign(key, secret, issuedAt, nonce, validity) {
  // Nothing is escaped in a sign, so a "&" in a key would start another field.
  if (typeof key !== 'string' || !/^(?! )[ -%'-<>-~]+(?<! )$/.test(key)) {
    throw new RangeError('api_key: empty, or with a character that no key has');
  }
  // A line end that came along from a file makes every sign wrong.
  if (typeof secret !== 'string' || secret === '' || secret !== secret.trim()) {
    throw new RangeError('api_secret: empty, or with blanks, a line end or a byte order mark around it');
  }
  checkText('api_secret', secret);
  // The nonce is text: its leading zeros are signed too.
  if (typeof nonce !== 'string' || !/^[0-9]{1,10}$/.test(nonce)) throw new RangeError('nonce: not 1 to 10 digits');
  // Date.now() / 1000 has a fraction. Single use is b = 0, not b = c.
  if (![issuedAt, validity].every((n) => (typeof n === 'bigint' || Number.isSafeInteger(n)) && n >= 0)) {
    throw new RangeError('issuedAt, validity: negative, or no whole number');
  }
  // As seconds, after the year 5138.
  if (issuedAt >= 1e11 && issuedAt < 2n ** 63n) {
    throw new RangeError('issuedAt: in milliseconds or finer, not in seconds');
  }
  const [from, seconds] = [BigInt(issuedAt), BigInt(validity)];
  if (from + seconds >= 2n ** 64n) throw new RangeError('issuedAt, validity: too large');
  const raw = `a=${key}&b=${seconds === 0n ? 0n : from + seconds}&c=${from}&d=${nonce}`;
  // A Buffer: digest('hex') would join digits, digest('latin1') a text.
  const mac = createHmac('sha1', secret).update(raw).digest();
  return Buffer.concat([mac, Buffer.from(raw)]).toString('base64');
}

/** From the system and uniform: Math.random is neither. */
export function newNonce() {
  return String(randomInt(0, 10 ** 10)).padStart(10, '0');
}

/** The service's answer, with biz_token and request_id. A uuid of null is not sent. Signs anew on every call. */
export async function getBizToken(baseUrl, key, secret, livenessId, uuid) {
  // In a form, undefined and null would be the words, and so one user for all.
  if (typeof livenessId !== 'string' || livenessId === '') throw new TypeError('liveness_id: empty, or no string');
  if (uuid === '' || typeof (uuid ?? '') !== 'string') throw new TypeError('uuid: empty, or no string');
  const stamp = sign(key, secret, Math.floor(Date.now() / 1000), newNonce(), VALIDITY_SECONDS);
  const fields = { sign: stamp, sign_version: 'hmac_sha1', liveness_id: livenessId };
  if (uuid != null) fields.uuid = uuid;
  for (const [name, value] of Object.entries(fields)) checkText(name, value);
  const { status, body } = await post(new URL(baseUrl.replace(/\/+$/, '') + PATH), fields);
  let answer = {};
  let text = '';
  try {
    const read = JSON.parse(body) ?? {};
    // Whatever it is, an error beside a token counts.
    const failure = [read.error, read.error_message].find((value) => (value ?? '') !== '') ?? '';
    text = typeof failure === 'string' ? failure : JSON.stringify(failure);
    answer = read;
  } catch {
    // A gateway's page, or an error nested too deep for stringify.
  }
  const { biz_token: token, request_id: requestId } = answer;
  if (text || status !== 200 || typeof token !== 'string' || !/^[^\p{Cc}\p{Cs}\uFFFD]+$/u.test(token)) {
    throw new FaceIdError(status, text, requestId && typeof requestId === 'string' ? requestId : null);
  }
  return answer;
}

// Not fetch: the time that it may take to connect cannot be set.
function post(url, fields) {
  const local = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local)) {
    throw new RangeError('base URL: https is required beyond this machine');
  }
  const boundary = randomBytes(16).toString('hex');
  // No filename: it would make a part a file.
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const body = Buffer.from(`${parts.join('')}--${boundary}--\r\n`);
  return new Promise((resolve, reject) => {
    // No redirect is followed: the other host would get the sign. Certificates are checked, whatever
    // NODE_TLS_REJECT_UNAUTHORIZED says. A connection each: a kept one may just have been closed by the server.
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      method: 'POST',
      agent: false,
      rejectUnauthorized: true,
      headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}`, 'Content-Length': body.length },
    });
    // The option `timeout` counts silence alone.
    const stopAfter = (ms, what) =>
      setTimeout(() => request.destroy(new Error(`${what} within ${ms / 1000} s`)), ms);
    const connecting = stopAfter(CONNECT_MS, 'no connection');
    const total = stopAfter(TOTAL_MS, 'no answer');
    request.on('socket', (socket) => {
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => clearTimeout(connecting));
    });
    request.on('close', () => [connecting, total].forEach(clearTimeout));
    request.on('error', reject);
    request.on('response', async (response) => {
      try {
        const chunks = [];
        let length = 0;
        for await (const chunk of response) {
          length += chunk.length;
          if (length > LONGEST_ANSWER) throw new Error(`the answer is longer than ${LONGEST_ANSWER} bytes`);
          chunks.push(chunk);
        }
        resolve({ status: response.statusCode, body: Buffer.concat(chunks).toString() });
      } catch (error) {
        reject(error);
      }
    });
    request.end(body);
  });
}

async function main(command, ...rest) {
  if (command === 'vectors' && rest.length === 1) {
    const vectors = JSON.parse(readFileSync(rest[0], 'utf8')).sign;
    const isRight = (v) => v.sign === sign(v.api_key, v.api_secret, BigInt(v.issued_at), v.nonce, BigInt(v.validity));
    const passed = vectors.filter(isRight).length;
    console.log(`${passed} passed, ${vectors.length - passed} failed`);
    return passed > 0 && passed === vectors.length ? 0 : 1;
  }
  if (command === 'token' && (rest.length === 2 || rest.length === 3)) {
    // Neither from the command line, which every user of the machine can read, nor from the source.
    const { FACEID_API_KEY: key = '', FACEID_API_SECRET: secret = '' } = process.env;
    const [baseUrl, ...scene] = rest;
    try {
      console.log((await getBizToken(baseUrl, key, secret, ...scene)).biz_token);
    } catch (error) {
      console.error('faceid:', shown(error.message));
      return 4;
    }
    return 0;
  }
  console.error('usage: faceid.mjs vectors FILE | token BASE_URL LIVENESS_ID [UUID]');
  return 2;
}

// Not when another file imports this one.
if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = await main(...process.argv.slice(2));
}
