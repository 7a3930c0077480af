// Faults: switches for what services do, and rules for the rest.

import * as api from './api.js';
import { clockControl } from './clock.js';
import { $, el } from './dom.js';
import { t } from './text.js';

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

let rules = [];
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
  $('faults').replaceChildren(
    el('h2', { id: 'faults-title', tabindex: '-1' }, t('faults')),
    el('p', { class: 'lead' }, t('faultsWhy')),
    el('p', { id: 'fault-refused', class: 'notice problem', role: 'alert', hidden: true }),
    el('div', { class: 'columns' },
      group('inPlace', IN_PLACE),
      group('onTop', ON_TOP),
    ),
    el('section', { class: 'card' },
      el('h3', {}, t('rules')),
      el('ul', { id: 'rules', class: 'rules', role: 'list' }),
      el('form', { id: 'rule', class: 'rule', 'aria-label': t('ruleOfYours'), on: { submit: add } },
        field('fault', t('fault'), { required: true, ...example('INTERNAL_ERROR*2+delay=200ms') }),
        field('liveness_id', t('ruleScene'), example('loan-*')),
        field('times', t('times'), { type: 'number', min: '1', step: '1' }),
        field('probability', t('probability'), { type: 'number', min: '0', max: '1', step: 'any' }),
        el('button', { type: 'submit', class: 'main' }, t('add'))),
      el('p', { class: 'muted' }, t('ruleHelp'))),
    clockControl(refused),
  );
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
const parts = (rule) => (rule ? rule.fault.replace(/^sandbox:/, '').split(/(?<!=)\+/) : []);

const excludes = (one, other) =>
  IN_PLACE.includes(one) && (IN_PLACE.includes(other) || (one === 'reset' && TO_A_BODY.includes(other)));

function flip(fault, isOn) {
  // One after the other: each begins with what the one before has made.
  changing = changing.then(async () => {
    try {
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
      refused(null);
    } catch (error) {
      refused(error);
    }
    await refresh().catch(refused);
  });
}

async function add(event) {
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
  try {
    await api.addRule(rule);
    form.reset();
    refused(null);
    await refresh();
  } catch (error) {
    refused(error);
  }
}

async function change(call) {
  try {
    await call();
    refused(null);
    await refresh();
  } catch (error) {
    refused(error);
  }
}

function refused(error) {
  const shown = $('fault-refused');
  shown.hidden = error === null;
  shown.textContent = error === null ? '' : error.message;
}

function update() {
  const on = parts(ofSwitches());
  for (const input of document.querySelectorAll('[data-fault]')) {
    input.checked = on.includes(input.dataset.fault);
  }
  $('fault-count').hidden = rules.length === 0;
  $('fault-count').textContent = rules.length;
  $('rules').replaceChildren(...(rules.length > 0 ? rules.map(line) : [el('li', { class: 'muted' }, t('noRules'))]));
  $('in-force').hidden = rules.length === 0;
  $('in-force').replaceChildren(
    el('span', {}, t('inForce')), ' ',
    ...rules.flatMap((rule) => [el('code', {}, rule.fault.replace(/^sandbox:/, '')), ' ']),
    el('button', { type: 'button', on: { click: () => change(api.clearRules) } }, t('switchOff')));
}

function line(rule) {
  const conditions = [
    ...Object.entries(rule.match ?? {}).map(([field, value]) => `${field} = ${value}`),
    rule.times && t('firstOf', rule.times),
    rule.probability !== undefined && t('partOf', rule.probability),
  ].filter(Boolean);
  const fault = rule.fault.replace(/^sandbox:/, '');
  return el('li', {},
    el('span', {}, el('code', {}, fault), ' ', el('span', { class: 'muted' }, [...conditions, t('happened', rule.happened)].join(' · '))),
    el('button', { type: 'button', 'aria-label': `${t('remove')}: ${fault}`, on: { click: () => change(() => api.removeRule(rule.id)) } }, t('remove')));
}
