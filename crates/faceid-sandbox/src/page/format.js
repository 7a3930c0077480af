// Times, durations and what came of a request, as people read them.

import { current, t } from './text.js';

const REFUSED = ['limit', 'MISSING_ARGUMENTS', 'BAD_ARGUMENTS', 'AUTHENTICATION_ERROR', 'AUTHORIZATION_ERROR', 'API_NOT_FOUND'];

// What it was due to: nobody, the request, or the service's side.
export function classOf(entry) {
  if (entry.outcome === 'token') {
    return entry.delivery.broken ? 'failed' : 'good';
  }
  return REFUSED.includes(entry.outcome) ? 'refused' : 'failed';
}

// Not by colour alone.
export const SIGNS = { good: '✓', refused: '✕', failed: '!' };

export function outcome(entry) {
  switch (entry.outcome) {
    case 'token':
      return entry.delivery.broken ? t('brokenToken') : t('token_');
    case 'gateway':
      return t('gateway', entry.status);
    case 'limit':
      return t('limit', entry.status);
    case 'reset':
      return t('reset');
    default:
      return entry.error;
  }
}

export function duration(ms) {
  if (ms < 0.95) {
    return `${Math.round(ms * 1000)} µs`;
  }
  if (ms < 10) {
    return `${ms.toFixed(1)} ms`;
  }
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

// The time of day by this machine's clock.
export function timeOfDay(ms) {
  return new Date(ms).toLocaleTimeString(current(), { hour12: false });
}

// UNIX time in seconds as a date.
export function date(seconds) {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) {
    return '–';
  }
  return date.toLocaleString(current(), {
    year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false,
  });
}

// How far a time is from another, both in seconds.
export function distance(from, to) {
  const off = to - from;
  return off === 0 ? t('same') : t(off > 0 ? 'later' : 'earlier', span(Math.abs(off)));
}

export function span(seconds) {
  const units = [['d', 86_400], ['h', 3600], ['min', 60], ['s', 1]];
  const parts = [];
  for (const [unit, size] of units) {
    const count = Math.floor(seconds / size);
    seconds -= count * size;
    if (count > 0 && parts.length < 2) {
      parts.push(`${count} ${unit}`);
    }
  }
  return parts.join(' ') || '0 s';
}
