// How to sign in other languages: the files of the repository's examples, as they are.

import * as api from './api.js';
import { certificateNote, copyable, notKept, pair, quoted } from './command.js';
import { $, el } from './dom.js';
import * as story from './story.js';
import { t } from './text.js';
import * as trial from './trial.js';

export const LANGUAGES = [
  { id: 'python', name: 'Python', file: 'faceid.py', run: 'python3 faceid.py', needs: 'Python 3.9' },
  { id: 'php', name: 'PHP', file: 'faceid.php', run: 'php faceid.php', needs: 'PHP 8.0, ext-curl' },
  { id: 'go', name: 'Go', file: 'faceid.go', run: 'go run faceid.go', needs: 'Go 1.19' },
  { id: 'java', name: 'Java', file: 'FaceId.java', run: 'java FaceId.java', needs: 'Java 17' },
  { id: 'node', name: 'Node.js', file: 'faceid.mjs', run: 'node faceid.mjs', needs: 'Node 18' },
  { id: 'ruby', name: 'Ruby', file: 'faceid.rb', run: 'ruby faceid.rb', needs: 'Ruby 3.0' },
  {
    id: 'csharp',
    name: 'C#',
    file: 'FaceId.cs',
    run: 'mcs -r:System.Net.Http -r:System.Runtime.Serialization -r:System.Xml -r:System.Xml.Linq FaceId.cs\nmono FaceId.exe',
    needs: '.NET 6, Mono 6.8',
  },
];

let chosen = LANGUAGES[0];
// The request that the command line is for.
let entry = null;
let entryId = null;

export async function show(id, requestId) {
  chosen = LANGUAGES.find((language) => language.id === id) ?? chosen;
  entryId = requestId ?? null;
  entry = entryId === null ? null : await api.entry(entryId).catch(() => null);
  if (entry !== null && notKept(entry) !== null) {
    entry = null;
  }
  render();
}

export async function render() {
  const { id, name, file, needs } = chosen;
  const suffix = entryId === null ? '' : `/${entryId}`;
  const link = (language) =>
    el('a', { href: `#languages/${language.id}${suffix}`, 'aria-current': language.id === id ? 'true' : false }, language.name);
  const source = el('div', {}, el('p', { class: 'muted' }, t('loading')));
  const hadFocus = document.activeElement?.id === 'languages-title';
  $('languages').replaceChildren(
    el('h2', { id: 'languages-title', tabindex: '-1' }, t('languages')),
    el('p', { class: 'lead' }, t('languagesWhy')),
    el('p', { class: 'links', role: 'group', 'aria-label': t('languages') }, LANGUAGES.map(link)),
    el('section', { class: 'card' },
      el('h3', {}, entry ? t('runFor', entry.id) : t('run')),
      copyable(command(), t('run')),
      certificateNote(),
      el('h3', {}, el('a', { href: `page/native/${file}`, download: file }, file), ' ', el('span', { class: 'muted' }, t('needs', needs))),
      source),
  );
  if (hadFocus) {
    $('languages-title').focus({ preventScroll: true });
  }
  const response = await fetch(`page/native/${file}`).catch(() => null);
  source.replaceChildren(response?.ok ? copyable(await response.text(), `${name}: ${file}`, { id: 'source' }) : el('p', {}, t('lost')));
}

function command() {
  const isDemo = entry ? story.isDemo(entry) : trial.demo();
  const uuid = entry?.form.find(({ name }) => name === 'uuid');
  const words = [api.baseUrl, entry?.liveness_id ?? 'any-scene'];
  if (!entry || uuid) {
    words.push(uuid ? uuid.value ?? 'YOUR-uuid' : 'user-1');
  }
  return `${pair(isDemo)}\n${chosen.run} token ${words.map(quoted).join(' ')}`;
}
