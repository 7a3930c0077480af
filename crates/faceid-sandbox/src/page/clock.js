// The sandbox's clock, to test an expiry without waiting for it.

import * as api from './api.js';
import { el } from './dom.js';
import { date, span } from './format.js';
import { t } from './text.js';

const STEPS_S = [-3600, -300, 300, 3600];

let now = null;

function show({ now: at, offset, frozen_at }) {
  const off = offset === 0 ? t('realTime') : t(offset > 0 ? 'ahead' : 'behind', span(Math.abs(offset)));
  now.textContent = `${date(at)} · ${frozen_at === null ? off : t('frozen')}`;
}

export async function refresh() {
  show(await api.clock());
}

export function clockControl(refused) {
  now = el('p', { role: 'status' });
  const change = async (to) => {
    try {
      const { offset } = await api.clock();
      show(await api.setClock(to(offset)));
      refused(null);
    } catch (error) {
      refused(error);
    }
  };
  const button = (label, to) => el('button', { type: 'button', on: { click: () => change(to) } }, label);
  refresh().catch(() => {});
  return el('section', { class: 'card' },
    el('h3', {}, t('clock')),
    now,
    el('p', { class: 'bar' },
      STEPS_S.map((step) => button(`${step > 0 ? '+' : '−'}${span(Math.abs(step))}`, (offset) => offset + step)),
      button(t('backToRealTime'), () => 0)),
    el('p', { class: 'muted' }, t('clockWhy')));
}
