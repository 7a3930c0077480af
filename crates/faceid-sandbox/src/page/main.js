// Starts the page: its language, which part of it is shown, and what comes from the sandbox.

import * as api from './api.js';
import * as clock from './clock.js';
import { $, el } from './dom.js';
import * as faults from './faults.js';
import * as inspector from './inspector.js';
import * as languages from './languages.js';
import * as requests from './requests.js';
import * as story from './story.js';
import { choose, onLanguage, preferred, t } from './text.js';
import * as trial from './trial.js';
import * as trouble from './trouble.js';

const VIEWS = ['requests', 'faults', 'inspect', 'languages'];
const LONGEST_WAIT_MS = 5000;
// Changes come in groups.
const CHANGES_MS = 200;
// Where enough other windows follow the events.
const LOOK_AGAIN_MS = 2000;

let connection = 'connecting';

function route(isFirst) {
  const [name, ...rest] = location.hash.slice(1).split('/').map(decoded);
  const view = name === 'request' || !VIEWS.includes(name) ? 'requests' : name;
  for (const section of document.querySelectorAll('main > section')) {
    section.hidden = section.dataset.view !== view;
  }
  for (const link of document.querySelectorAll('nav a')) {
    if (link.dataset.view === view) {
      link.setAttribute('aria-current', 'page');
    } else {
      link.removeAttribute('aria-current');
    }
  }
  if (!isFirst && connection !== 'refused') {
    trouble.tell(null);
  }
  const closed = story.shown();
  if (view === 'languages') {
    languages.show(rest[0], rest[1]);
  }
  if (name === 'request') {
    story.open(Number.parseInt(rest[0], 10) || 0);
  } else {
    story.close();
    // Who goes through the page by keyboard goes on where they were.
    if (!isFirst && !(view === 'requests' && closed !== null && requests.focus(closed))) {
      $(`${view}-title`).focus({ preventScroll: true });
      scrollTo(0, 0);
    }
  }
  requests.redraw();
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function showConnection(state) {
  if (state === 'live' && connection !== 'live') {
    trouble.tell(null);
  }
  connection = state;
  $('link').textContent = t(state);
  $('link').dataset.state = state;
}

// The entries there are, and then each as it comes; again when the connection is lost. A browser has few connections for
// one host, so a page that nobody sees gives its own back.
async function follow() {
  for (let wait = 500; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    await seen();
    const unseen = new AbortController();
    const leave = () => document.hidden && unseen.abort();
    document.addEventListener('visibilitychange', leave);
    const pending = [];
    let loading = null;
    let isStale = false;
    const takePending = () => {
      if (pending.length > 0) {
        requests.add(pending.splice(0));
        faults.refreshSoon();
      }
    };
    // What comes meanwhile is in the answers as well, or waits.
    const load = async (takeEntries) => {
      for (;;) {
        isStale = false;
        takeEntries(await api.journal());
        await faults.refresh();
        await clock.refresh();
        trial.offer((await api.keys()).some((key) => key.demo));
        await offerSpaces();
        if (!isStale) {
          break;
        }
        await pause(CHANGES_MS);
        takeEntries = requests.refresh;
      }
      loading = null;
      takePending();
    };
    let state = 'lost';
    try {
      const isFollowed = await api.events(
        unseen.signal,
        async () => {
          await (loading = load(requests.replace));
          showConnection('live');
          wait = 500;
        },
        (entries, isChanged) => {
          pending.push(...entries);
          isStale ||= isChanged;
          if (isStale && loading === null) {
            loading = load(requests.refresh);
            loading.catch(() => unseen.abort());
          }
          if (loading === null) {
            takePending();
          }
        },
      );
      if (!isFollowed) {
        await load(connection === 'live' ? requests.refresh : requests.replace);
        state = 'live';
        wait = LOOK_AGAIN_MS;
      }
    } catch (error) {
      if (error instanceof api.Refused) {
        state = 'refused';
        if (connection !== state) {
          trouble.tell(error);
        }
      } else if (!(error instanceof TypeError || unseen.signal.aborted)) {
        console.error(error);
      }
    }
    document.removeEventListener('visibilitychange', leave);
    showConnection(document.hidden ? 'connecting' : state);
    if (!document.hidden) {
      await pause(wait);
    }
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function seen() {
  while (document.hidden) {
    await new Promise((resolve) => document.addEventListener('visibilitychange', resolve, { once: true }));
  }
}

async function offerSpaces() {
  const names = await api.spaces();
  if (api.space && !names.includes(api.space)) {
    names.push(api.space);
  }
  const shown = [...$('space').options].map((option) => option.value);
  if (shown.join() === ['', ...names].join()) {
    return;
  }
  // Somebody may be about to choose.
  const chosen = shown.length > 0 ? $('space').value : api.space ?? '';
  $('space-form').hidden = names.length === 0;
  $('space').replaceChildren(el('option', { value: '' }, t('mainSpace')), ...names.map((name) => el('option', { value: name }, name)));
  $('space').value = ['', ...names].includes(chosen) ? chosen : api.space ?? '';
}

function askForToken(isRefused) {
  const dialog = $('token');
  $('token-refused').hidden = !isRefused;
  $('token-input').value = '';
  dialog.showModal();
  return new Promise((resolve) => {
    $('token-form').onsubmit = (event) => {
      event.preventDefault();
      dialog.onclose = null;
      dialog.close();
      resolve($('token-input').value);
    };
    // Without it there is nothing to show. A browser lets Escape be refused only so often.
    dialog.onclose = () => dialog.showModal();
  });
}

onLanguage(() => {
  showConnection(connection);
  trouble.render();
  requests.render();
  story.render();
  faults.render();
  inspector.render();
  languages.render();
  const main = $('space').options[0];
  if (main) {
    main.textContent = t('mainSpace');
  }
});
for (const button of document.querySelectorAll('[data-language]')) {
  button.addEventListener('click', () => choose(button.dataset.language));
}
$('skip').addEventListener('click', (event) => {
  // Its target is no part of the page that the address names.
  event.preventDefault();
  $('main').focus();
});
$('space-form').addEventListener('submit', (event) => {
  event.preventDefault();
  location.assign(api.pageOf($('space').value));
});
// Whoever comes back finds the page as it was left.
addEventListener('pageshow', () => ($('space').value = api.space ?? ''));
addEventListener('hashchange', () => route(false));
addEventListener('keydown', (event) => {
  // In a field it is the field's own.
  if (event.key === 'Escape' && story.shown() !== null && !event.target.closest('input, select, textarea')) {
    location.hash = '#requests';
  }
});
api.onToken(askForToken);
choose(preferred());
route(true);
follow();
