// A sign to paste: what it says, and what is wrong with it.

import * as api from './api.js';
import { claims } from './claims.js';
import { $, el } from './dom.js';
import { hint, t } from './text.js';
import { attempt } from './trouble.js';

let pasted = '';
let found = null;

export function render() {
  const input = el('textarea', { id: 'pasted', rows: '4', autocomplete: 'off', spellcheck: 'false', autocapitalize: 'off', on: { input: typed } });
  input.value = pasted;
  $('inspect').replaceChildren(
    el('h2', { id: 'inspect-title', tabindex: '-1' }, t('inspect')),
    el('p', { class: 'lead' }, t('inspectWhy')),
    el('form', { class: 'card', on: { submit: (event) => { event.preventDefault(); look(); } } },
      el('label', { class: 'field' }, el('span', {}, t('pasteSign')), input),
      el('p', { class: 'bar' }, el('button', { type: 'submit', class: 'main' }, t('inspectNow')))),
    el('div', { id: 'found', 'aria-live': 'polite' }),
  );
  show();
}

let waiting = null;
function typed({ target }) {
  pasted = target.value;
  clearTimeout(waiting);
  waiting = setTimeout(look, 300);
}

async function look() {
  clearTimeout(waiting);
  // What stands around it may be the slip, so no more than one line end goes.
  const sign = pasted.replace(/\r?\n$/, '');
  // Without an answer nothing is known of it.
  found = null;
  await attempt(async () => {
    found = sign === '' ? null : await api.inspect(sign);
  });
  show();
}

function show() {
  if (found === null) {
    $('found').replaceChildren();
    return;
  }
  const problem = found.problem && hint(found.problem);
  $('found').replaceChildren(
    el('div', { class: `notice ${found.valid ? 'right' : 'problem'}` },
      el('p', {}, el('strong', {}, found.valid ? `✓ ${t('valid')}` : `✕ ${t('invalid')}`)),
      problem && el('p', {}, problem),
      problem !== found.problem && el('p', { class: 'muted', lang: 'en' }, found.problem)),
    found.claims ? el('section', { class: 'card' }, el('h3', {}, t('says')), claims(found.claims, found.now)) : '',
  );
}
