// What a sign says: the text that was signed, and each of its fields beside the sandbox's clock.

import { copyable } from './command.js';
import { el } from './dom.js';
import { date, distance } from './format.js';
import { t } from './text.js';

const DIGEST_BYTES = 20;

// `whole` is the sign itself, where it may be shown.
export function claims({ api_key, raw, issued_at, expires_at }, clock, whole = null) {
  // As they were signed: zeros in front count, and a number of JavaScript has 53 bits.
  const [, b, c, d] = raw.split('&').map((field) => field.slice('a='.length));
  const time = (text, at) => [el('code', {}, text), el('span', { class: 'muted' }, date(at))];
  const row = (field, meaning, value, beside) =>
    el('tr', {}, el('th', { scope: 'row' }, el('code', {}, field), ' ', meaning), el('td', {}, value), el('td', {}, beside));
  const once = expires_at === 0;
  const digest = whole && digestOf(whole);
  return [
    copyable(raw, t('raw')),
    digest && el('p', { class: 'muted' }, t('digest'), ' ', el('code', {}, digest)),
    el('table', { class: 'values claims' },
      el('thead', {}, el('tr', {}, ...['field', 'value', 'besideClock'].map((name) => el('th', { scope: 'col' }, t(name))))),
      el('tbody', {},
        row('a', 'api_key', el('code', {}, api_key ?? '••••'), api_key === null ? t('notOurKey') : ''),
        row('b', t('expires'), once ? el('code', {}, b) : time(b, expires_at), once ? t('singleUse') : distance(clock, expires_at)),
        row('c', t('issued'), time(c, issued_at), distance(clock, issued_at)),
        row('d', t('nonce'), el('code', {}, d), ''),
        row('', t('clock'), time(clock, clock), ''))),
  ];
}

// Null for what is no base64 of a digest and more.
function digestOf(sign) {
  try {
    const bytes = Uint8Array.from(atob(sign), (character) => character.charCodeAt(0));
    if (bytes.length <= DIGEST_BYTES) {
      return null;
    }
    return Array.from(bytes.slice(0, DIGEST_BYTES), (byte) => byte.toString(16).padStart(2, '0')).join('');
  } catch {
    return null;
  }
}
