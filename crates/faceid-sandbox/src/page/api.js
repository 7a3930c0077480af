// The sandbox's own API, of the space whose page this is.

const here = new URL('./', location.href);
const inSpace = here.pathname.match(/^(.*)\/ns\/([^/]+)\/__sandbox\/$/);

// The namespace, or null for the main one.
export const space = inSpace && inSpace[2];
// Where the page of another space is.
export const pageOf = (name) => (name ? `${root}/ns/${name}/__sandbox/` : `${root}/__sandbox/`);

const root = inSpace ? inSpace[1] : here.pathname.replace(/\/__sandbox\/$/, '');
const ofAll = new URL(pageOf(null), here);

// What a client takes as its base URL to come to this space.
export const baseUrl = new URL(space ? `${root}/ns/${space}` : `${root}/`, here).href.replace(/\/$/, '');

export class Refused extends Error {}

let token = null;
let asking = null;
// Asks whoever looks at the page for the admin token, and says whether one was refused.
let askForToken = () => Promise.reject(new Refused('401'));

export function onToken(ask) {
  askForToken = ask;
}

async function call(url, options = {}) {
  for (;;) {
    const headers = token ? { authorization: `Bearer ${token}` } : {};
    const used = token;
    const response = await fetch(url, { ...options, headers, cache: 'no-store' });
    if (response.status === 401) {
      // Of several calls that are refused at a time, one asks.
      if (used === token) {
        asking ??= givenToken(token !== null).finally(() => (asking = null));
        token = await asking;
      }
      continue;
    }
    if (!response.ok) {
      const why = await response.json().catch(() => ({}));
      throw new Refused(why.error ?? `HTTP ${response.status}`);
    }
    return response;
  }
}

// One that a header can hold.
async function givenToken(isRefused) {
  for (;;) {
    const given = await askForToken(isRefused);
    try {
      new Headers({ authorization: `Bearer ${given}` });
      return given;
    } catch {
      isRefused = true;
    }
  }
}

const json = async (url) => (await call(url)).json();
const send = async (method, path, body) =>
  call(new URL(path, here), { method, body: body === undefined ? undefined : JSON.stringify(body) });

// How many entries are kept here; the sandbox keeps more.
export const MOST = 500;
// All of them.
export const olderEntries = new URL('journal?limit=10000', here).href;

export const journal = async () => (await json(new URL(`journal?limit=${MOST}`, here))).entries;
export const entry = (id) => json(new URL(`journal/${id}`, here));
export const clearJournal = () => send('DELETE', 'journal');
export const rules = async () => (await json(new URL('rules', here))).rules;
export const addRule = (rule) => send('POST', 'rules', rule);
export const removeRule = (id) => send('DELETE', `rules/${id}`);
export const clearRules = () => send('DELETE', 'rules');
export const clock = () => json(new URL('clock', here));
export const setClock = async (wanted) => (await send('PUT', 'clock', wanted)).json();
export const inspect = async (sign) => (await send('POST', 'inspect', { sign })).json();
export const keys = async () => (await json(new URL('keys', ofAll))).keys;
export const spaces = async () => (await json(new URL('namespaces', ofAll))).namespaces;

// A browser has six connections for one host, for all its windows. Where three of them follow the events, it is false, and
// nothing else is done.
export async function events(signal, connected, take) {
  const follow = () => stream(signal, connected, take);
  if (!navigator.locks) {
    await follow();
    return true;
  }
  const inPlace = (place) =>
    navigator.locks.request(`events-${place}`, { ifAvailable: true }, async (lock) => lock && (await follow(), true));
  return (await inPlace(1)) || (await inPlace(2)) || (await inPlace(3)) || false;
}

// Calls `take` with the entries of each piece that comes, and whether something else has changed, until the connection
// ends or `signal` does it. Not an EventSource: that one cannot send the admin token.
async function stream(signal, connected, take) {
  const response = await call(new URL('events', here), { signal });
  await connected();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) {
      return;
    }
    const events = (rest + value).split('\n\n');
    rest = events.pop();
    const isChange = (event) => event.startsWith('event: change');
    const data = events.filter((event) => !isChange(event)).flatMap((event) => event.split('\n').filter((line) => line.startsWith('data: ')));
    const isChanged = events.some(isChange);
    // A comment, which keeps the connection alive, tells nothing.
    if (data.length > 0 || isChanged) {
      take(data.map((line) => JSON.parse(line.slice('data: '.length))), isChanged);
    }
  }
}
