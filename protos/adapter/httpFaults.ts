// What no key of an adapter can say alone. Paths are taken from the adapter.

import type { FieldPath } from '../machine/fieldPath.ts';
import { didYouMean, nearest } from '../machine/nearest.ts';
import type { Fault } from '../machine/shape.ts';
import { list, show } from '../machine/show.ts';
import { type Machine, RECOVER } from '../machine/table.ts';
import type { CommandSettings, HttpSettings } from './http.ts';

/** Words that stand in braces in the requests of the http adapter; and `arguments.NAME`. */
export const HTTP_WORDS = [
  'token',
  'transition',
  'from',
  'to',
  'run',
  'budgetMs',
  'arguments',
  'partition',
  'segment',
  'ordinal',
  'callback',
] as const;

/** All that is wrong with the settings of the http adapter under this machine. */
export function* httpFaults(settings: HttpSettings, machine: Machine | undefined): Generator<Fault> {
  if (machine !== undefined) yield* names(settings, machine);
  yield* completion(settings);
  if (machine !== undefined) yield* endless(settings, machine);
  yield* words(settings);
  const { refused, state, health } = settings;
  if (refused !== undefined && refused.status === undefined && refused.body === undefined) {
    yield { path: ['refused'], want: 'status or body, or both', got: 'neither' };
  }
  if (state?.startId !== undefined && health?.startId !== undefined) {
    yield { path: ['health', 'startId'], want: 'a start id in one place', got: 'state.startId too' };
  }
}

function* names({ transitions, state }: HttpSettings, machine: Machine): Generator<Fault> {
  const known = [...machine.transitions.map(({ name }) => name), RECOVER];
  for (const name of Object.keys(transitions)) {
    if (known.includes(name)) continue;
    const want = `a transition of machine ${machine.name} (${list(known)})${didYouMean(name, known)}`;
    yield { path: ['transitions', name], want, got: show(name) };
  }
  const states = machine.states.map(({ name }) => name);
  for (const [word, meant] of Object.entries(state?.map ?? {})) {
    for (const name of [meant].flat()) {
      if (states.includes(name)) continue;
      const want = `a state of machine ${machine.name} (${list(states)})${didYouMean(name, states)}`;
      yield { path: ['state', 'map', word], want, got: show(name) };
    }
  }
}

function* completion({ completion: chosen, state }: HttpSettings): Generator<Fault> {
  if (chosen.type !== 'poll') return;
  const path = ['completion'];
  const hasJob = chosen.path?.includes('{job}') === true;
  if (chosen.path !== undefined) {
    if (chosen.done === undefined)
      yield { path: [...path, 'done'], want: 'when a polled answer means done', got: 'nothing' };
    if (hasJob && chosen.job === undefined)
      yield { path: [...path, 'job'], want: 'where the first answer names the {job}', got: 'nothing' };
    if (!hasJob && chosen.job !== undefined)
      yield { path: [...path, 'path'], want: 'a path with {job}', got: show(chosen.path) };
    return;
  }
  if (state === undefined)
    yield { path: [...path, 'path'], want: 'a path to poll, or state', got: 'neither' };
  for (const key of ['done', 'failed', 'job', 'token'] as const) {
    if (chosen[key] !== undefined) yield { path: [...path, key], want: 'a path with it', got: 'none' };
  }
}

/** A poll of the state alone sees the end of a transition by a word that means where it leads and not whence. */
function* endless(
  { completion: chosen, state, transitions }: HttpSettings,
  machine: Machine,
): Generator<Fault> {
  if (chosen.type !== 'poll' || chosen.path !== undefined) return;
  if (state === undefined || state.executed !== undefined) return;
  const want = 'state.executed, completion.path or skip: true, since its state does not tell its end';
  for (const { name, from, to } of machine.transitions) {
    if (isOwn(transitions, name) && transitions[name]?.skip === true) continue;
    const whence = from.find((each) => !isTold(state, each, to ?? each));
    if (whence === undefined) continue;
    const got = (to ?? whence) === whence ? `${whence} before and after` : `one word for ${whence} and ${to}`;
    yield { path: ['transitions', name], want, got };
  }
  // Without an entry the process is only looked at; and nobody knows where it leads.
  if (isOwn(transitions, RECOVER) && transitions[RECOVER]?.skip !== true) {
    yield { path: ['transitions', RECOVER], want, got: 'a request that leads anywhere' };
  }
}

/** A transition may be called "constructor". */
function isOwn(transitions: HttpSettings['transitions'], name: string): boolean {
  return Object.hasOwn(transitions, name);
}

/** Whether the process has a word for `to` that is none for `from`. A word that is not in the map means itself. */
function isTold({ map = {} }: NonNullable<HttpSettings['state']>, from: string, to: string): boolean {
  const meanings = Object.values(map).map((meant) => [meant].flat());
  const words = meanings.filter((meant) => meant.includes(to));
  if (words.length === 0) return from !== to;
  return words.some((meant) => !meant.includes(from));
}

function* words(settings: HttpSettings): Generator<Fault> {
  yield* ofCommand(['command'], settings.command);
  for (const [name, own] of Object.entries(settings.transitions))
    yield* ofCommand(['transitions', name], own);
}

function* ofCommand(path: FieldPath, { path: url, headers, body }: CommandSettings): Generator<Fault> {
  if (url !== undefined) yield* misspelt([...path, 'path'], url);
  for (const [name, text] of Object.entries(headers ?? {})) yield* misspelt([...path, 'headers', name], text);
  yield* within([...path, 'body'], body);
}

function* within(path: FieldPath, template: unknown): Generator<Fault> {
  if (typeof template === 'string') yield* misspelt(path, template);
  if (typeof template !== 'object' || template === null) return;
  const isList = Array.isArray(template);
  for (const [key, each] of Object.entries(template))
    yield* within([...path, isList ? Number(key) : key], each);
}

/** Other words in braces may be meant for the process. */
function* misspelt(path: FieldPath, text: string): Generator<Fault> {
  for (const [written, word = ''] of text.matchAll(/\{([A-Za-z]+)\}/g)) {
    const meant = nearest(word, HTTP_WORDS);
    if (meant !== undefined && meant !== word) yield { path, want: `{${meant}}`, got: written };
  }
}
