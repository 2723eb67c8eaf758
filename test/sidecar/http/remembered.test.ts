// What the adapter concludes from a word of the process, and what it notes of it.

import { expect, test } from 'vitest';
import { Book, type Sent } from '../../../sidecar/process/http/book.ts';
import type { Seen } from '../../../sidecar/process/http/look.ts';
import { hasArrived } from '../../../sidecar/process/http/reading.ts';
import { temporaryDirectory } from '../../journal/directory.ts';
import { settings } from './httpRig.ts';

const token = { operationNumber: 1, step: 0, operationId: 'op' };
const sent: Sent = {
  ...{ token, transition: 'start', from: 'ready', to: 'running' },
  ...{ accepted: false, job: '', callback: '' },
};

test('a word that means both ends of a transition is no sign of arrival', () => {
  const told = settings({ state: { path: '/state', map: { RUNNING: ['ready', 'running'], IDLE: 'idle' } } });
  const seen: Seen = {
    ...{ kind: 'seen', word: 'RUNNING', trouble: '' },
    ...{ busy: undefined, executed: undefined, startId: undefined },
  };
  expect(hasArrived(told, seen, sent)).toBe(false);
  expect(hasArrived(told, seen, { ...sent, from: 'idle' })).toBe(true);
  expect(hasArrived(told, { ...seen, word: 'IDLE' }, sent)).toBe(false);
});

test('what was executed is noted until another life begins, and under another boot nothing is', () => {
  using folder = temporaryDirectory();
  const path = folder.file('notes');
  const book = new Book(path, 'boot-1');
  book.begin('life-1', 'ready');
  book.send(sent);
  expect(new Book(path, 'boot-1').sent).toEqual(sent);
  book.close({ executed: token, state: 'running' });
  book.close({ state: 'ready' });
  expect(new Book(path, 'boot-1')).toMatchObject({ startId: 'life-1', state: 'ready', executed: token });
  expect(new Book(path, 'boot-2')).toMatchObject({ startId: '', executed: undefined });
  book.begin('life-2', '');
  expect(new Book(path, 'boot-1').executed).toBeUndefined();
});
