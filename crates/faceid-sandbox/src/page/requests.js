// The list of requests, newest first.

import * as api from './api.js';
import { certificateNote, copyable, firstCall, firstSignedCall } from './command.js';
import { $, el, keepFocus } from './dom.js';
import { SIGNS, classOf, duration, outcome, timeOfDay } from './format.js';
import * as plot from './plot.js';
import { hint, t } from './text.js';
import * as trial from './trial.js';
import { attempt } from './trouble.js';

let entries = [];
let rows = new Map();

export const find = (id) => entries.find((entry) => entry.id === id);

// What the sandbox sends has the oldest first.
export function replace(all) {
  entries = all.slice(-api.MOST).reverse();
  render();
}

// The same, where most of it is here already. The rows that stay are left as they are, and with them the focus.
export function refresh(all) {
  // Ids begin again with a sandbox that does.
  const name = ({ id, received_ms }) => `${id} ${received_ms}`;
  const names = new Set(all.map(name));
  const isCleared = all.length < api.MOST && entries.some((entry) => !names.has(name(entry)));
  (isCleared ? replace : add)(all);
}

export function add(more) {
  const last = entries[0]?.id ?? 0;
  const fresh = more.filter((entry) => entry.id > last).slice(-api.MOST).reverse();
  if (fresh.length === 0) {
    return;
  }
  plot.heard(fresh[0]);
  const change = () => {
    for (const old of entries.splice(api.MOST - fresh.length)) {
      rows.get(old.id)?.remove();
      rows.delete(old.id);
    }
    entries.unshift(...fresh);
    $('rows').prepend(...fresh.map((entry) => row(entry, true)));
    update();
  };
  const seen = () => entries.findLast((entry) => !rows.get(entry.id).hidden);
  keepFocus($('rows'), change, () => rows.get(seen()?.id)?.querySelector('a') ?? $('requests-title'));
}

export function render() {
  keepFocus($('rows'), () => {
    rows = new Map();
    $('rows').replaceChildren(...entries.map((entry) => row(entry, false)));
  }, () => $('requests-title'));
  const { demo } = trial;
  const command = demo() ? firstCall(api.baseUrl) : firstSignedCall(api.baseUrl);
  $('empty').replaceChildren(
    el('h3', {}, t('emptyTitle')),
    el('p', {}, t('emptyWhere'), ' ', el('code', {}, api.baseUrl)),
    el('p', {}, t(demo() ? 'emptyTry' : 'emptyTryOther')),
    copyable(command, t('emptyCommand')),
    certificateNote(),
  );
  update();
}

export function redraw() {
  plot.draw(entries);
  for (const [id, row] of rows) {
    const isOpen = location.hash === `#request/${id}`;
    row.classList.toggle('open', isOpen);
  }
}

// The row of that request, if it is seen.
export function focus(id) {
  const row = rows.get(id);
  const isSeen = row?.hidden === false;
  if (isSeen) {
    row.querySelector('a').focus();
  }
  return isSeen;
}

function update() {
  const none = entries.length === 0;
  keepFocus($('requests'), () => {
    $('empty').hidden = !none;
    for (const id of ['entries', 'filter-bar', 'clear', 'plot']) {
      $(id).hidden = none;
    }
  }, () => $('requests-title'));
  filter();
  redraw();
}

function filter() {
  const wanted = $('filter').value.trim().toLowerCase();
  let shown = 0;
  for (const entry of entries) {
    const fits = wanted === '' || searched(entry).includes(wanted);
    rows.get(entry.id).hidden = !fits;
    shown += fits;
  }
  $('no-match').hidden = shown > 0 || entries.length === 0;
  $('older').hidden = entries.length < api.MOST;
  $('older').querySelector('span').textContent = t('older', api.MOST);
  $('shown').textContent = shown === entries.length ? t('count', shown) : t('countOf', shown, entries.length);
}

// What is seen of it, and what it is in the journal.
function searched(entry) {
  const texts = [rows.get(entry.id).textContent, entry.outcome, entry.request_id, entry.problem];
  return texts.join('\n').toLowerCase();
}

function row(entry, isNew) {
  const kind = classOf(entry);
  const cell = (attributes, ...children) => el('td', { role: 'cell', ...attributes }, ...children);
  const element = el(
    'tr',
    { role: 'row', 'data-id': entry.id, class: isNew ? 'new' : false },
    cell({ class: 'time' }, el('a', { href: `#request/${entry.id}`, 'aria-label': t('openStory', timeOfDay(entry.received_ms), outcome(entry)) },
      timeOfDay(entry.received_ms))),
    cell(
      { class: 'outcome' },
      el('span', { class: `badge ${kind}` }, el('span', { 'aria-hidden': 'true' }, SIGNS[kind]), ' ', outcome(entry)),
      entry.problem && el('span', { class: 'hint' }, hint(entry.problem)),
      entry.fault && el('span', { class: 'hint' }, t('onRequest'), ' ', el('code', {}, entry.fault.replace(/^sandbox:/, ''))),
    ),
    cell({ class: 'key' }, entry.api_key ?? '–'),
    cell({ class: 'scene' }, entry.liveness_id ?? '–'),
    cell({ class: 'number took' }, duration(entry.took_ms)),
  );
  rows.set(entry.id, element);
  return element;
}

$('filter').addEventListener('input', filter);
$('older').querySelector('a').href = api.olderEntries;
$('clear').addEventListener('click', () => attempt(async () => {
  await api.clearJournal();
  replace([]);
  $('requests-title').focus();
}));
$('rows').addEventListener('click', (event) => {
  const id = event.target.closest('tr')?.dataset.id;
  // A text that was selected is to be copied; a link goes by itself.
  if (id && !event.target.closest('a') && getSelection().isCollapsed) {
    location.hash = `#request/${id}`;
  }
});
$('rows').addEventListener('keydown', (event) => {
  const step = { ArrowDown: 'nextElementSibling', ArrowUp: 'previousElementSibling' }[event.key];
  let next = event.target.closest('tr')?.[step];
  while (next?.hidden) {
    next = next[step];
  }
  if (next) {
    event.preventDefault();
    next.querySelector('a').focus();
  }
});
