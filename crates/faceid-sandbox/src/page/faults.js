// Faults: switches for what services do, and rules for the rest.

import * as api from './api.js';
import { clockControl } from './clock.js';
import { $, el, keepFocus } from './dom.js';
import { t } from './text.js';
import { attempt } from './trouble.js';

// As the sandbox words them. Of those in place of an answer there is one at a time.
const IN_PLACE = [
  'INTERNAL_ERROR',
  'CONCURRENCY_LIMIT_EXCEEDED',
  'AUTHENTICATION_ERROR',
  'AUTHORIZATION_ERROR: LIMIT_REACHED',
  'AUTHORIZATION_ERROR: DENIED',
  'html502',
  'reset',
];
const ON_TOP = ['delay=2000ms', 'slow=10B/s', 'truncate', 'skew=+3600s'];
// A reset leaves nothing for these to happen to.
const TO_A_BODY = ['slow=10B/s', 'truncate'];
// As the sandbox counts.
const MOST_TIMES = 2 ** 32 - 1;
// How many rules are named at once.
const MOST_NAMED = 5;

let rules = [];
// The line of each, by its id.
let lines = new Map();
let changing = Promise.resolve();
let soon = null;
let asked = 0;
let taken = 0;

export async function refresh() {
  const turn = (asked += 1);
  const answer = await api.rules();
  // One that was overtaken is of before.
  if (turn > taken) {
    taken = turn;
    rules = answer;
    update();
  }
}

// Counts change with each request; once in a while is enough.
export function refreshSoon() {
  soon ??= setTimeout(() => {
    soon = null;
    refresh().catch(() => {});
  }, 300);
}

export function render() {
  const field = (name, label, attributes) => el('label', { class: 'field' }, el('span', {}, label), el('input', { name, autocomplete: 'off', ...attributes }));
  const example = (text) => ({ placeholder: text, spellcheck: 'false' });
  const typed = $('rule') ? [...new FormData($('rule'))] : [];
  $('faults').replaceChildren(
    el('h2', { id: 'faults-title', tabindex: '-1' }, t('faults')),
    el('p', { class: 'lead' }, t('faultsWhy')),
    el('p', { id: 'hidden-switches', class: 'notice problem', role: 'status', hidden: true }),
    el('div', { class: 'columns' },
      group('inPlace', IN_PLACE),
      group('onTop', ON_TOP),
    ),
    el('section', { class: 'card' },
      el('h3', { id: 'rules-title', tabindex: '-1' }, t('rules')),
      el('p', { id: 'no-rules', class: 'muted' }, t('noRules')),
      el('ul', { id: 'rules', class: 'rules', role: 'list' }),
      el('form', { id: 'rule', class: 'rule', 'aria-label': t('ruleOfYours'), on: { submit: add } },
        field('fault', t('fault'), { required: true, ...example('INTERNAL_ERROR*2+delay=200ms') }),
        field('liveness_id', t('ruleScene'), example('loan-*')),
        field('times', t('times'), { type: 'number', min: '1', max: String(MOST_TIMES), step: '1' }),
        field('probability', t('probability'), { type: 'number', min: '0', max: '1', step: 'any' }),
        el('button', { type: 'submit', class: 'main' }, t('add'))),
      el('p', { class: 'muted' }, t('ruleHelp'))),
    clockControl(),
  );
  for (const [name, value] of typed) {
    $('rule').elements[name].value = value;
  }
  lines = new Map();
  update();
}

function group(name, faults) {
  return el('fieldset', { class: 'card' },
    el('legend', {}, t(name)),
    el('p', { class: 'muted' }, t(`${name}Why`)),
    faults.map((fault) =>
      el('label', { class: 'switch' },
        el('input', { type: 'checkbox', role: 'switch', 'data-fault': fault, on: { change: ({ target }) => flip(fault, target.checked) } }),
        el('span', {}, t(`fault_${fault}`), ' ', el('code', {}, fault)))));
}

// The rule that the switches are: the first that fits all requests, if it is made of nothing else.
function ofSwitches() {
  const known = [...IN_PLACE, ...ON_TOP];
  return rules.find((rule) => !rule.match && !rule.times && rule.probability === undefined && parts(rule).every((part) => known.includes(part)));
}

// A plus right after an equals sign is the sign of a number.
const parts = (rule) => (rule ? name(rule).split(/(?<!=)\+/) : []);

// Whether a request that fits it may still get it.
const mayHappen = (rule) => rule.happened < (rule.times ?? Infinity) && rule.probability !== 0;

// A count is over one day.
const isForEver = (rule) => parts(rule).some((part) => !/\*\d+$/.test(part));

const excludes = (one, other) =>
  IN_PLACE.includes(one) && (IN_PLACE.includes(other) || (one === 'reset' && TO_A_BODY.includes(other)));

function flip(fault, isOn) {
  change(async () => {
    await refresh();
    const old = ofSwitches();
    let wanted = parts(old).filter((part) => part !== fault);
    if (isOn) {
      wanted = [...wanted.filter((part) => !excludes(part, fault) && !excludes(fault, part)), fault];
    }
    if (wanted.length > 0) {
      await api.addRule({ fault: wanted.join('+') });
    }
    if (old) {
      await api.removeRule(old.id);
    }
  });
}

function add(event) {
  event.preventDefault();
  const form = event.target;
  const { fault, liveness_id, times, probability } = Object.fromEntries(new FormData(form));
  const rule = { fault };
  if (liveness_id !== '') {
    rule.match = { liveness_id };
  }
  if (times !== '') {
    rule.times = Number(times);
  }
  if (probability !== '') {
    rule.probability = Number(probability);
  }
  change(async () => {
    try {
      await api.addRule(rule);
      form.reset();
    } catch (error) {
      // It is told at the top, where the field may be.
      form.elements.fault.scrollIntoView({ block: 'nearest' });
      throw error;
    }
  });
}

// One after the other: each begins with what the one before has made.
function change(call) {
  changing = changing.then(async () => {
    await attempt(call);
    // A switch that was not let stands as it was.
    await refresh().catch(update);
  });
}

function update() {
  const ofPage = ofSwitches();
  const on = parts(ofPage);
  for (const input of document.querySelectorAll('[data-fault]')) {
    input.checked = on.includes(input.dataset.fault);
  }
  // What happens to all requests leaves none to those after it.
  const last = rules.findIndex((rule) => !rule.match && !rule.times && (rule.probability ?? 1) === 1 && isForEver(rule));
  const inForce = last < 0 ? rules : rules.slice(0, last + 1);
  const isHidden = (rule) => !inForce.includes(rule);

  $('fault-count').hidden = rules.length === 0;
  $('fault-count').textContent = rules.length;
  const before = ofPage ? rules.slice(0, rules.indexOf(ofPage)).filter(mayHappen) : [];
  if (ofPage && isHidden(ofPage)) {
    tellOfSwitches(t('hiddenSwitches', name(rules[last])));
  } else {
    tellOfSwitches(before.length > 0 ? t('switchesAfter', names(before)) : '');
  }
  showRules(isHidden);
  showInForce(inForce);
}

// It is read out when it changes, and not with each request.
function tellOfSwitches(words) {
  const notice = $('hidden-switches');
  notice.hidden = words === '';
  if (notice.textContent !== words) {
    notice.textContent = words;
  }
}

function names(rules) {
  const more = rules.length - MOST_NAMED;
  return rules.slice(0, MOST_NAMED).map(name).join(', ') + (more > 0 ? ` ${t('andMore', more)}` : '');
}

// A line that stays is left as it is, and with it the focus.
function showRules(isHidden) {
  const at = [...$('rules').children].findIndex((line) => line.contains(document.activeElement));
  keepFocus($('rules'), () => {
    const ids = new Set(rules.map((rule) => rule.id));
    for (const [id, line] of lines) {
      if (!ids.has(id)) {
        line.remove();
        lines.delete(id);
      }
    }
    for (const rule of rules) {
      if (!lines.has(rule.id)) {
        lines.set(rule.id, line(rule));
        $('rules').append(lines.get(rule.id));
      }
      lines.get(rule.id).querySelector('.muted').textContent = facts(rule, isHidden(rule));
    }
    $('no-rules').hidden = rules.length > 0;
  }, () => [...$('rules').querySelectorAll('button')].slice(0, at + 1).at(-1) ?? $('rules-title'));
}

function showInForce(inForce) {
  const more = inForce.length - MOST_NAMED;
  $('in-force-list').replaceChildren(...inForce.slice(0, MOST_NAMED).map((rule) => el('code', {}, name(rule))));
  $('more-in-force').hidden = more <= 0;
  $('more-in-force').textContent = t('andMore', more);
  $('again-by-itself').hidden = !inForce.some((rule) => parts(rule).some((part) => /^reset\b/.test(part)));
  keepFocus($('in-force'), () => ($('in-force').hidden = rules.length === 0), () => $('requests-title'));
}

const name = (rule) => rule.fault.replace(/^sandbox:/, '');

function facts(rule, isHidden) {
  const conditions = [
    ...Object.entries(rule.match ?? {}).map(([field, value]) => `${field} = ${value}`),
    rule.times && t('firstOf', rule.times),
    rule.probability !== undefined && t('partOf', rule.probability),
    t('happened', rule.happened),
    isHidden && t('neverHappens'),
  ];
  return conditions.filter(Boolean).join(' · ');
}

function line(rule) {
  return el('li', {},
    el('span', {}, el('code', {}, name(rule)), ' ', el('span', { class: 'muted' })),
    el('button', { type: 'button', 'aria-label': `${t('remove')}: ${name(rule)}`, on: { click: () => change(() => api.removeRule(rule.id)) } }, t('remove')));
}

$('switch-off').addEventListener('click', () => change(api.clearRules));
