// The face in lines of the miniature DAQ, alone.

import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { condition } from '../sidecar/condition.ts';
import { Clerk } from './process/clerk.ts';
import { obeyLines } from './process/lines.ts';
import type { Outcome } from './process/steps.ts';

test('it says where it is, takes a transition of the sidecar itself, gives up, and ends with its input', async () => {
  const input = new PassThrough();
  const output = new PassThrough();
  const said: Record<string, unknown>[] = [];
  output.on('data', (text) => {
    for (const line of String(text).trim().split('\n')) said.push(JSON.parse(line));
  });
  let ended = false;
  const clerk = clerkThatHangs();
  obeyLines({ clerk, input, output, ended: () => (ended = true) });
  await condition('it says where it is', () => said.length > 0);
  expect(said[0]).toEqual({ state: 'initial', trouble: '' });
  const answers = () => said.flatMap((message) => ('answer' in message ? [message['answer']] : []));
  const ask = (token: object, transition: string, to: string) => {
    const fixed = { arguments: {}, from: 'initial', budgetMs: 60_000, runNumber: 0, stopPath: false };
    input.write(`${JSON.stringify({ perform: { token, transition, to, ...fixed } })}\n`);
  };
  const token = { operationNumber: 3, step: 1, operationId: 'o' };
  ask(token, 'conf', 'configured');
  input.write(`${JSON.stringify({ giveUp: { token } })}\n`);
  await condition('it gave up', () => answers().length === 1);
  expect(answers()[0]).toEqual({ token, outcome: 'failed', state: 'initial', cause: 'ended early' });
  // Operation 0: no coordinator asked for it.
  const local = { operationNumber: 0, step: 9, operationId: 'local' };
  ask(local, 'scrap', 'initial');
  await condition('it answers', () => answers().length === 2);
  expect(answers()[1]).toMatchObject({
    token: local,
    outcome: 'refused',
    cause: expect.stringMatching(/^scrap needs/),
  });
  input.end();
  await condition('it ends', () => ended);
});

function clerkThatHangs(): Clerk {
  const conf = ({ signal }: { readonly signal: AbortSignal }) =>
    new Promise<Outcome>((resolve) => {
      signal.addEventListener('abort', () => resolve({ kind: 'failed', cause: 'ended early' }));
    });
  return new Clerk({
    duty: {
      steps: { conf },
      recover: async () => 'initial',
      trouble: () => '',
      counters: () => ({}),
      close: async () => undefined,
    },
    startId: 'life',
    faults: () => ({}),
    onBeginning: () => undefined,
    onEnding: () => undefined,
  });
}
