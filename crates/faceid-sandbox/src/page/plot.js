// Outcomes and latency over time: a mark for each request, and below how many there were.

import { MOST } from './api.js';
import { $, el, svg } from './dom.js';
import { SIGNS, classOf, duration, outcome, span, timeOfDay } from './format.js';
import { current, t } from './text.js';

const RANGES_S = [60, 300, 900, 3600, 6 * 3600, 24 * 3600];
const KINDS = ['good', 'refused', 'failed'];
const LATENCIES_MS = [1, 100, 10_000];
const FASTEST_MS = 0.1;
const SLOWEST_MS = 60_000;
const BUCKETS = 48;

const LEFT = 46;
const RIGHT = 10;
const DOTS = { top: 10, height: 74 };
const BARS = { top: 94, height: 28 };
const HEIGHT = 140;

// How far this browser's clock is behind the sandbox's machine.
let skew = 0;
let drawn = [];

// An entry that came just now.
export function heard(entry) {
  const off = entry.received_ms - Date.now();
  skew = Math.abs(off) > 60_000 ? off : 0;
}

export function draw(entries) {
  drawn = entries;
  const figure = $('plot');
  const width = figure.clientWidth;
  if (figure.hidden || width === 0) {
    return;
  }
  const end = Math.max(Date.now() + skew, entries[0].received_ms);
  const oldest = (end - entries[entries.length - 1].received_ms) / 1000;
  const range = RANGES_S.find((range) => range >= oldest) ?? RANGES_S[RANGES_S.length - 1];
  const begin = end - range * 1000;
  const inRange = entries.filter((entry) => entry.received_ms >= begin);

  const x = (ms) => LEFT + ((ms - begin) / (range * 1000)) * (width - LEFT - RIGHT);
  const title = t('plotTitle', span(range));
  figure.replaceChildren(
    svg('svg', { role: 'img', 'aria-label': title, width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}` },
      grid(width), bars(inRange, begin, range, x), dots(inRange, x), axis(range, width)),
    legend(inRange, range),
  );
}

function y(ms) {
  const part = Math.log(Math.min(Math.max(ms, FASTEST_MS), SLOWEST_MS) / FASTEST_MS) / Math.log(SLOWEST_MS / FASTEST_MS);
  return DOTS.top + (1 - part) * DOTS.height;
}

function grid(width) {
  return LATENCIES_MS.flatMap((ms) => [
    svg('line', { class: 'grid', x1: LEFT, x2: width - RIGHT, y1: y(ms), y2: y(ms) }),
    svg('text', { class: 'label', x: LEFT - 6, y: y(ms) + 4, 'text-anchor': 'end' }, ms < 1000 ? `${ms} ms` : `${ms / 1000} s`),
  ]);
}

function axis(range, width) {
  const base = BARS.top + BARS.height;
  return [
    svg('line', { class: 'base', x1: LEFT, x2: width - RIGHT, y1: base + 0.5, y2: base + 0.5 }),
    svg('text', { class: 'label', x: LEFT, y: HEIGHT - 4 }, t('ago', span(range))),
    svg('text', { class: 'label', x: width - RIGHT, y: HEIGHT - 4, 'text-anchor': 'end' }, t('now')),
  ];
}

function dots(entries, x) {
  return entries.map((entry) => {
    const kind = classOf(entry);
    const title = svg('title', {}, `${timeOfDay(entry.received_ms)}  ${outcome(entry)}  ${duration(entry.took_ms)}`);
    return svg('g', { class: `mark ${kind}`, transform: `translate(${x(entry.received_ms).toFixed(1)} ${y(entry.took_ms).toFixed(1)})` }, title, shape(kind));
  });
}

// Each kind has a shape of its own, as colours do not tell them apart for all.
function shape(kind) {
  switch (kind) {
    case 'good':
      return svg('circle', { r: 3.2 });
    case 'refused':
      return svg('path', { d: 'M-3.4-3.4L3.4 3.4M-3.4 3.4L3.4-3.4' });
    default:
      return svg('path', { d: 'M0-4.6L4.4 3.4H-4.4Z' });
  }
}

function bars(entries, begin, range, x) {
  const size = (range * 1000) / BUCKETS;
  const buckets = Array.from({ length: BUCKETS }, () => ({ good: 0, refused: 0, failed: 0, all: 0 }));
  for (const entry of entries) {
    const bucket = buckets[Math.min(Math.floor((entry.received_ms - begin) / size), BUCKETS - 1)];
    bucket[classOf(entry)] += 1;
    bucket.all += 1;
  }
  const most = Math.max(...buckets.map((bucket) => bucket.all), 1);
  return buckets.flatMap((bucket, at) => {
    let bottom = BARS.top + BARS.height;
    return KINDS.filter((kind) => bucket[kind] > 0).map((kind) => {
      const height = Math.max((bucket[kind] / most) * BARS.height, 1);
      bottom -= height;
      const left = x(begin + at * size);
      return svg('rect', { class: `bar ${kind}`, x: left + 0.5, y: bottom, width: Math.max(x(begin + (at + 1) * size) - left - 1, 1), height });
    });
  });
}

function legend(entries, range) {
  const counts = KINDS.map((kind) => {
    const count = entries.filter((entry) => classOf(entry) === kind).length;
    return el('span', { class: `badge ${kind}` }, el('span', { 'aria-hidden': 'true' }, SIGNS[kind]), ' ', t(`legend_${kind}`, count));
  });
  const took = entries.map((entry) => entry.took_ms).sort((a, b) => a - b);
  const median = took.length > 0 ? t('median', duration(took[Math.floor(took.length / 2)])) : '';
  return el('figcaption', { lang: current() }, ...counts, el('span', { class: 'muted' }, t('last', span(range)), entries.length >= MOST && ` · ${t('newest', MOST)}`, median && ` · ${median}`));
}

new ResizeObserver(() => drawn.length > 0 && draw(drawn)).observe($('plot'));
// Time goes on without requests.
setInterval(() => !document.hidden && drawn.length > 0 && draw(drawn), 5000);
