// The vendor's formula: a sign of this moment, with a nonce of the operating system. Prints nanoseconds as JSON.
import assert from "node:assert";
import { createHmac, randomInt } from "node:crypto";

const KEY = "ICVvC_xUs6177WEtyUNwIH8J6NfGu50t";
const SECRET = "UjYGdN9CBZKsDBLB5-5v3DykPXY6dw3q";
const SIGN =
  "SPzLRbDBgTGC2A8YdDaa7Jrny+5hPUlDVnZDX3hVczYxNzdXRXR5VU53SUg4SjZOZkd1NTB0JmI9MTUzMDc2MjIxOCZjPTE1MzA3NjIxMTgm" +
  "ZD0wNzk5Njg3MDY2";

function sign(key, secret, expireTime, currentTime, random) {
  const raw = `a=${key}&b=${expireTime}&c=${currentTime}&d=${random}`;
  const mac = createHmac("sha1", secret).update(raw).digest();
  return Buffer.concat([mac, Buffer.from(raw)]).toString("base64");
}

function signNow() {
  const now = Math.floor(Date.now() / 1000);
  return sign(KEY, SECRET, now + 100, now, String(randomInt(10 ** 10)).padStart(10, "0"));
}

assert.equal(sign(KEY, SECRET, 1530762218, 1530762118, "0799687066"), SIGN);
const batches = [];
for (let turn = 0; turn < 61; turn++) {
  const started = process.hrtime.bigint();
  for (let call = 0; call < 500; call++) signNow();
  batches.push(Number(process.hrtime.bigint() - started) / 500);
}
batches.sort((a, b) => a - b);
console.log(JSON.stringify({ fresh: batches[30] }));
