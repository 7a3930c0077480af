// A request from the page itself, signed with the demo pair that everybody knows.

import * as api from './api.js';
import { DEMO_KEY, DEMO_SECRET } from './command.js';
import { $ } from './dom.js';
import * as requests from './requests.js';
import { attempt } from './trouble.js';

const VALIDITY_S = 100;

let hasDemoKey = true;

export const demo = () => hasDemoKey;

// Browsers sign on pages of this machine, and over https.
export function offer(isThere) {
  $('send').hidden = !isThere || !globalThis.crypto?.subtle;
  if (hasDemoKey !== isThere) {
    hasDemoKey = isThere;
    requests.render();
  }
}

async function sign() {
  const { now } = await api.clock();
  const random = crypto.getRandomValues(new Uint32Array(1))[0];
  const raw = `a=${DEMO_KEY}&b=${now + VALIDITY_S}&c=${now}&d=${random}`;
  const bytes = (text) => new TextEncoder().encode(text);
  const key = await crypto.subtle.importKey('raw', bytes(DEMO_SECRET), { name: 'HMAC', hash: 'SHA-1' }, false, ['sign']);
  const digest = new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes(raw)));
  return btoa(String.fromCharCode(...digest) + raw);
}

async function send() {
  const form = new FormData();
  const fields = { sign: await sign(), sign_version: 'hmac_sha1', liveness_id: 'any-scene', uuid: 'user-1' };
  for (const [name, value] of Object.entries(fields)) {
    form.set(name, value);
  }
  // What comes of it is in the list, a connection that is closed without an answer included; of a namespace too many it is in
  // that of the main space.
  const response = await fetch(`${api.baseUrl}/faceid/v5/sdk/get_biz_token`, { method: 'POST', body: form }).catch(() => null);
  if (response?.status === 503 && response.headers.get('content-type')?.startsWith('text/plain')) {
    throw new api.Refused(response.headers.get('x-faceid-sandbox-hint') ?? 'HTTP 503');
  }
}

$('send').addEventListener('click', () => attempt(send));
