// Command lines that a reader copies into a shell.

import { el } from './dom.js';
import { t } from './text.js';

export const DEMO_KEY = 'sandbox-demo-key';
export const DEMO_SECRET = 'sandbox-demo-secret';
const FAULT_HEADER = 'x-faceid-sandbox-fault';
// In bytes, as the journal cuts them.
const LONGEST_PATH = 256;
const LONGEST_NAME = 64;
// One that is not made is not to be sent.
const SIGN = 'sign=$(faceid sign) &&';
const API_PATH = '/faceid/v5/sdk/get_biz_token';

// A word of a shell's line, whatever it holds.
export function quoted(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

// The pair in the environment, where `faceid sign` and the files in other languages look for it.
export const pair = (isDemo) =>
  isDemo
    ? `export FACEID_API_KEY=${DEMO_KEY} FACEID_API_SECRET=${DEMO_SECRET}`
    : 'export FACEID_API_KEY=YOUR-KEY FACEID_API_SECRET_FILE=YOUR-SECRET-FILE';

// The sandbox's own authority is one that no machine knows.
const IS_TLS = location.protocol === 'https:';
const CURL = IS_TLS ? 'curl -sS --cacert ca.pem' : 'curl -sS';

export const certificateNote = () => (IS_TLS ? el('p', { class: 'muted' }, t('certificate')) : '');

// What of a request the journal has not kept whole, or curl cannot send, so that no command can send the same; null if there is
// nothing.
export function notKept({ path, problem, form, checks, not_kept: missing }) {
  const size = (text) => new TextEncoder().encode(text).length;
  if (problem?.startsWith(FAULT_HEADER)) {
    return FAULT_HEADER;
  }
  if (missing.length > 0) {
    return t(missing[0]);
  }
  if (size(path) >= LONGEST_PATH) {
    return 'path';
  }
  // Of a body that was no form, or did not come whole, nothing is kept.
  const noForm = checks.length === 0 || checks.some(({ check, result }) => check === 'form' && result === 'failed');
  if (form.length === 0 && noForm) {
    return t('body');
  }
  const isNot = ({ name, len, value }) =>
    size(name) >= LONGEST_NAME || name.includes('=') || (name !== 'sign' && value !== null && (size(value) !== len || value.includes('\uFFFD')));
  return form.find(isNot)?.name ?? null;
}

// The request of an entry with a sign of its own: the one it had is spent, or somebody's secret.
export function curl(entry, origin, isDemo) {
  const { method, path } = entry;
  const options = [
    CURL,
    // With a form it is POST by itself.
    method === 'HEAD' ? '-I' : (method !== 'POST' || entry.form.length === 0) && `-X ${quoted(method)}`,
    /[{}[\]]/.test(path) && '-g',
    /\/(\.|%2e){1,2}(\/|$)/i.test(path) && '--path-as-is',
    quoted(origin + path),
  ];
  // With HEAD curl sends none, and nobody looks at it.
  const sent = method === 'HEAD' ? [] : entry.form;
  const isSigned = sent.some(({ name }) => name === 'sign');
  const form = sent.map(({ name, value }) =>
    name === 'sign' ? '    --form-string "sign=$sign"' : `    --form-string ${quoted(`${name}=${value ?? `YOUR-${name}`}`)}`,
  );
  const fault = entry.fault_by === 'header' ? [`    --header ${quoted(`${FAULT_HEADER}: ${entry.fault.replace(/^sandbox:/, '')}`)}`] : [];
  const lines = [options.filter(Boolean).join(' '), ...fault, ...form].join(' \\\n');
  return isSigned ? `${pair(isDemo)}\n${SIGN}\n${lines}` : lines;
}

// A first request with the demo pair, by nothing but what a shell has.
export const firstCall = (baseUrl) => `key=${DEMO_KEY} secret=${DEMO_SECRET} now=$(date +%s)
random=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')
raw="a=$key&b=$((now + 100))&c=$now&d=$random"
sign=$({ printf %s "$raw" | openssl dgst -sha1 -hmac "$secret" -binary; printf %s "$raw"; } | openssl base64 -A)
${CURL} ${quoted(baseUrl + API_PATH)} \\
    --form-string "sign=$sign" --form-string sign_version=hmac_sha1 \\
    --form-string liveness_id=any-scene --form-string uuid=user-1`;

// The same for a key that is not to be shown.
export const firstSignedCall = (baseUrl) => `${pair(false)}
${SIGN}
${CURL} ${quoted(baseUrl + API_PATH)} \\
    --form-string "sign=$sign" --form-string sign_version=hmac_sha1 \\
    --form-string liveness_id=any-scene --form-string uuid=user-1`;

// A block of code with a button that copies it.
export function copyable(text, label, attributes = {}) {
  const code = el('code', {}, text);
  const button = el('button', { type: 'button', class: 'copy', 'aria-label': `${t('copy')}: ${label}` }, t('copy'));
  button.addEventListener('click', async () => {
    const done = await copied(code);
    button.textContent = t(done ? 'copied' : 'selected');
    document.getElementById('said').textContent = button.textContent;
    setTimeout(() => (button.textContent = t('copy')), 2000);
  });
  return el('div', { class: 'code', ...attributes }, el('pre', { tabindex: '0', role: 'group', 'aria-label': label }, code), button);
}

// Where there is no clipboard (plain http from another machine), the text is selected at least.
async function copied(code) {
  try {
    await navigator.clipboard.writeText(code.textContent);
    return true;
  } catch {
    const range = document.createRange();
    range.selectNodeContents(code);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    return false;
  }
}
