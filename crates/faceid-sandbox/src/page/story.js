// The whole story of one request.

import * as api from './api.js';
import { claims } from './claims.js';
import { certificateNote, copyable, curl, notKept } from './command.js';
import { $, el } from './dom.js';
import { SIGNS, classOf, date, duration, outcome, timeOfDay } from './format.js';
import { LANGUAGES } from './languages.js';
import * as requests from './requests.js';
import { hint, t } from './text.js';
import * as trial from './trial.js';
import { tell } from './trouble.js';

const CHECK_SIGNS = { passed: '✓', failed: '✕', not_made: '–' };

let shownId = null;
let entry = null;

export const shown = () => shownId;

export async function open(id) {
  shownId = id;
  entry = requests.find(id) ?? null;
  if (entry === null) {
    const found = await api.entry(id).catch((error) => {
      if (!(error instanceof api.Refused)) {
        tell(error);
      }
      return null;
    });
    // Somebody may have gone on meanwhile.
    if (shownId !== id) {
      return;
    }
    entry = found;
  }
  document.body.classList.add('with-story');
  render();
  $('story').hidden = false;
  $('story-title').focus();
}

export function close() {
  shownId = entry = null;
  document.body.classList.remove('with-story');
  $('story').hidden = true;
  $('story').replaceChildren();
}

// Whether the demo pair signs the same: where the sandbox shows the sign, which it does for the demo key alone, and where
// nobody could read of which key it was.
export const isDemo = ({ form, sign, api_key }) =>
  form.some(({ name, value }) => name === 'sign' && value !== null) || (api_key === null && !sign?.raw && trial.demo());

export function render() {
  if (shownId === null) {
    return;
  }
  const back = el('a', { class: 'back', href: '#requests' }, t('close'));
  if (entry === null) {
    $('story').replaceChildren(el('div', { class: 'bar' }, el('h2', { id: 'story-title', tabindex: '-1' }, t('gone')), back));
    return;
  }
  const kind = classOf(entry);
  $('story').replaceChildren(
    el('div', { class: 'bar' }, el('h2', { id: 'story-title', tabindex: '-1' }, t('request', entry.id)), back),
    el('p', {}, el('span', { class: `badge ${kind}` }, el('span', { 'aria-hidden': 'true' }, SIGNS[kind]), ' ', outcome(entry))),
    el('p', { class: 'muted' }, timeOfDay(entry.received_ms), ' · ', duration(entry.took_ms), ' · ', el('code', {}, `${entry.method} ${entry.path}`)),
    ...[
      entry.problem && told(entry),
      entry.fault && el('p', { class: 'notice' }, t(`happenedBy_${entry.fault_by}`, entry.rule_id), ' ', el('code', {}, entry.fault)),
      part('checks', checks()),
      entry.sign && part('sign', sign()),
    ].filter(Boolean),
    part('form', form()),
    part('answer', answer()),
    part('again', again()),
    part('elsewhere', el('p', { class: 'links' }, LANGUAGES.map(({ id, name }) => el('a', { href: `#languages/${id}/${entry.id}` }, name)))),
  );
}

function again() {
  const missing = notKept(entry);
  if (missing !== null) {
    return el('p', { class: 'muted' }, t('noCommand', missing));
  }
  const command = curl(entry, location.origin, isDemo(entry));
  return [el('p', { class: 'muted' }, t('againWhy')), copyable(command, t('again')), certificateNote()];
}

const part = (name, ...content) => el('section', { class: `part ${name}` }, el('h3', {}, t(name)), ...content);

function told({ problem }) {
  const text = hint(problem);
  return el('div', { class: 'notice problem' }, el('p', {}, text), text !== problem && el('p', { class: 'muted', lang: 'en' }, problem));
}

function checks() {
  if (entry.checks.length === 0) {
    return el('p', { class: 'muted' }, t('unchecked'));
  }
  return el('ul', { class: 'steps', role: 'list' }, entry.checks.map(({ check, result }) =>
    el('li', { class: result, 'data-check': check },
      el('span', { class: 'tick', role: 'img', 'aria-label': t(result) }, CHECK_SIGNS[result]),
      ' ', el('span', {}, t(`check_${check}`)))));
}

function sign() {
  const { hash, raw } = entry.sign;
  const whole = entry.form.find(({ name }) => name === 'sign')?.value;
  return [
    raw === null
      ? el('p', { class: 'muted' }, t('unreadable'))
      : claims({ ...entry.sign, api_key: entry.api_key }, entry.time, whole),
    el('p', { class: 'muted' }, t('signHash'), ' ', el('code', {}, hash)),
  ];
}

function form() {
  if (entry.form.length === 0) {
    return el('p', { class: 'muted' }, t('noForm'));
  }
  const rows = entry.form.map(({ name, len, value }) =>
    el('tr', {}, el('th', { scope: 'row' }, el('code', {}, name)), el('td', {}, shownValue(value, len)), el('td', { class: 'number' }, len)));
  return el('table', { class: 'values' },
    el('thead', {}, el('tr', {}, ...['field', 'value'].map((name) => el('th', { scope: 'col' }, t(name))), el('th', { scope: 'col', class: 'number' }, t('bytes')))),
    el('tbody', {}, rows));
}

function shownValue(value, len) {
  if (value === null) {
    return el('span', { class: 'muted' }, '••••', el('span', { class: 'hidden' }, t('masked')));
  }
  const isCut = new TextEncoder().encode(value).length < len;
  return el('code', {}, value, isCut && '…');
}

function answer() {
  const { delay_ms, bytes_per_second, broken } = entry.delivery;
  const code = (value) => value !== null && el('code', {}, value);
  const facts = [
    ['status', code(entry.status) || t('noAnswer')],
    ['error', code(entry.error)],
    ['biz_token', entry.outcome === 'token' && (code(entry.biz_token) || el('span', { class: 'muted' }, t('masked')))],
    ['request_id', code(entry.request_id)],
    ['duration', duration(entry.took_ms)],
    ['clockSaid', `${date(entry.time)} (${entry.time})`],
    ['delayed', delay_ms > 0 && duration(delay_ms)],
    ['pace', bytes_per_second !== null && `${bytes_per_second} B/s`],
    ['broken', broken !== null && t(`broken_${broken}`)],
  ];
  return el('dl', {}, facts.filter(([, value]) => value).flatMap(([name, value]) => [el('dt', {}, t(name)), el('dd', {}, value)]));
}
