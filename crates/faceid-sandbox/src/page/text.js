// What the page says, in the language of whoever looks at it.

import english from './text/en.js';
import chinese from './text/zh.js';
import hints from './text/hints.js';
import refusals from './text/refusals.js';

const TEXTS = { en: english, 'zh-CN': chinese };
const KEPT = 'faceid-sandbox-language';

// What the words of a hint are found by.
const HINTS = Object.entries({ ...hints, ...refusals }).map(([words, chinese]) =>
  [new RegExp(`^${words.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\d\}/g, '(.+)')}$`), words.match(/\{\d\}/g), chinese]);

const listeners = [];
let language = null;

export const current = () => language;

// The text of that name; {n} stands for the n-th of the values.
export function t(name, ...values) {
  return (TEXTS[language][name] ?? name).replace(/\{(\d)\}/g, (_, at) => values[at]);
}

// A hint as the sandbox words it, in Chinese where that is the language and its words are known.
export function hint(text) {
  // Where in a body it was found is for who wrote that body, and not for who filled in a form.
  const words = text.replace(/^the body: (.*) at line \d+ column \d+$/, '$1');
  if (language !== 'zh-CN') {
    return words;
  }
  for (const [pattern, places, chinese] of HINTS) {
    const found = words.match(pattern);
    if (found) {
      return chinese.replace(/\{\d\}/g, (place) => found[places.indexOf(place) + 1]);
    }
  }
  return words;
}

export function onLanguage(listener) {
  listeners.push(listener);
}

export function choose(wanted) {
  language = wanted in TEXTS ? wanted : 'en';
  remember(language);
  document.documentElement.lang = language;
  document.title = t('title');
  for (const element of document.querySelectorAll('[data-text]')) {
    element.textContent = t(element.dataset.text);
  }
  for (const element of document.querySelectorAll('[data-label]')) {
    element.setAttribute('aria-label', t(element.dataset.label));
  }
  for (const button of document.querySelectorAll('[data-language]')) {
    button.setAttribute('aria-pressed', String(button.dataset.language === language));
  }
  for (const listener of listeners) {
    listener();
  }
}

// As chosen before, or else as the browser is set.
export function preferred() {
  const kept = remembered();
  if (kept in TEXTS) {
    return kept;
  }
  const known = navigator.languages.find((name) => /^(zh|en)\b/i.test(name)) ?? 'en';
  return /^zh/i.test(known) ? 'zh-CN' : 'en';
}

// A browser may have storage switched off.
function remember(value) {
  try {
    localStorage.setItem(KEPT, value);
  } catch {
    // The choice then lasts as long as the page.
  }
}

function remembered() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}
