// The sandbox's clock, to test an expiry without waiting for it.

import * as api from './api.js';
import { el } from './dom.js';
import { date, span } from './format.js';
import { t } from './text.js';
import { attempt } from './trouble.js';

const STEPS_S = [-3600, -300, 300, 3600];

let time = null;
let state = null;
// As the sandbox said it, and when.
let clock = null;
let heard = 0;
let changing = Promise.resolve();

function show(said) {
  clock = said;
  heard = performance.now();
  draw();
}

function draw() {
  const { now, offset, frozen_at } = clock;
  const at = frozen_at ?? now + Math.floor((performance.now() - heard) / 1000);
  time.textContent = date(at);
  time.dateTime = new Date(at * 1000).toISOString();
  const off = offset === 0 ? t('realTime') : t(offset > 0 ? 'ahead' : 'behind', span(Math.abs(offset)));
  const words = frozen_at === null ? off : t('frozen');
  // It is read out when it changes, and not each second.
  if (state.textContent !== words) {
    state.textContent = words;
  }
}

setInterval(() => clock !== null && !document.hidden && draw(), 1000);

export async function refresh() {
  show(await api.clock());
}

export function clockControl() {
  time = el('time', { class: 'number' });
  state = el('span', { role: 'status' });
  if (clock !== null) {
    draw();
  }
  // One after the other: each begins with what the one before has made.
  const change = (to) => {
    changing = changing.then(() => attempt(async () => show(await api.setClock(to(await api.clock())))));
  };
  const moved = (step) => ({ offset, frozen_at }) =>
    frozen_at === null ? { offset: offset + step } : { frozen_at: Math.max(frozen_at + step, 0) };
  const button = (label, to) => el('button', { type: 'button', on: { click: () => change(to) } }, label);
  return el('section', { class: 'card' },
    el('h3', {}, t('clock')),
    el('p', {}, time, ' · ', state),
    el('p', { class: 'bar' },
      STEPS_S.map((step) => button(`${step > 0 ? '+' : '−'}${span(Math.abs(step))}`, moved(step))),
      button(t('backToRealTime'), () => ({ offset: 0 }))),
    el('p', { class: 'muted' }, t('clockWhy')));
}
