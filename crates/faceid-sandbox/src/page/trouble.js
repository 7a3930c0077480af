// What went wrong, said where it is seen, wherever somebody is on the page.

import { Refused } from './api.js';
import { $ } from './dom.js';
import { hint, t } from './text.js';

let told = null;

// Null: nothing any more.
export function tell(error) {
  told = error;
  render();
}

export function render() {
  const words = told && (told instanceof Refused ? hint(told.message) : t('silent'));
  $('trouble').hidden = told === null;
  $('trouble').textContent = words ?? '';
}

// Does what may be refused, and tells so; never throws.
export async function attempt(action) {
  try {
    await action();
    tell(null);
  } catch (error) {
    tell(error);
  }
}
