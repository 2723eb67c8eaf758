import { expect, test } from 'vitest';
import { type FaultKind, KubeFault } from '../../../coordinator/cluster/client/fault.ts';
import { Errand } from '../../../coordinator/cluster/errand.ts';
import { condition } from '../../sidecar/condition.ts';

/** An errand whose attempts end as `ends` says, one after the other, then well. */
function errandOf(...ends: readonly (FaultKind | 'well' | 'bug')[]) {
  const troubles: string[] = [];
  const bugs: unknown[] = [];
  const gate = { attempts: 0, hold: Promise.resolve() };
  const errand = new Errand({
    work: async () => {
      const end = ends[gate.attempts] ?? 'well';
      gate.attempts += 1;
      await gate.hold;
      if (end === 'bug') throw new TypeError('a bug');
      if (end !== 'well') throw new KubeFault(end, `it is ${end}`);
    },
    onTrouble: (trouble) => troubles.push(trouble?.message ?? 'well'),
    random: () => 1,
    onFatal: (error) => bugs.push(error),
  });
  return { errand, troubles, bugs, gate };
}

test('what fails is done again, and each reason is told once', async () => {
  const { errand, troubles, gate } = errandOf('unreachable', 'unreachable', 'well');
  await using _ = errand;
  errand.wantIn(0);
  await condition('it has succeeded', () => gate.attempts === 3 && errand.trouble === undefined);
  expect(troubles).toEqual(['it is unreachable', 'well']);
});

test('what the API server would refuse again waits for another picture', async () => {
  const { errand, gate } = errandOf('invalid', 'notFound', 'well');
  await using _ = errand;
  await errand.want();
  expect(errand.trouble?.message).toBe('it is invalid');
  await errand.want();
  await errand.want();
  expect(gate.attempts).toBe(3);
  expect(errand.trouble).toBeUndefined();
});

test('who wants it at once does not wait for the pause after a failure', async () => {
  // The pause after a missing right doubles from half a second; without the cut this waits for seconds.
  const { errand, gate } = errandOf('forbidden', 'forbidden', 'forbidden', 'forbidden', 'forbidden', 'well');
  await using _ = errand;
  for (let i = 1; i <= 6; i++) {
    await errand.want();
    expect(gate.attempts).toBe(i);
  }
  expect(errand.trouble).toBeUndefined();
});

test('what is wanted while it is done is one further time', async () => {
  const { errand, gate } = errandOf();
  await using _ = errand;
  const { promise, resolve } = Promise.withResolvers<void>();
  gate.hold = promise;
  const first = errand.want();
  await condition('it has begun', () => gate.attempts === 1);
  const others = [errand.want(), errand.want(), errand.want()];
  resolve();
  await Promise.all([first, ...others]);
  expect(gate.attempts).toBe(2);
});

test('of several moments the soonest holds', async () => {
  const { errand, gate } = errandOf();
  await using _ = errand;
  errand.wantIn(600_000);
  errand.wantIn(1);
  errand.wantIn(600_000);
  await condition('it was done', () => gate.attempts === 1);
});

test('a bug ends it, and is not tried again', async () => {
  const { errand, bugs, gate } = errandOf('bug');
  errand.wantIn(0);
  await condition('the bug is told', () => bugs.length === 1);
  errand.wantIn(0);
  await errand[Symbol.asyncDispose]();
  expect(gate.attempts).toBe(1);
});

test('nothing is begun any more once it is disposed of, and who waits is let go', async () => {
  const { errand, gate } = errandOf(
    'unreachable',
    'unreachable',
    'unreachable',
    'unreachable',
    'unreachable',
  );
  await errand.want();
  const waits = errand.want();
  await errand[Symbol.asyncDispose]();
  await waits;
  const { attempts } = gate;
  await errand.want();
  errand.wantIn(0);
  expect(gate.attempts).toBe(attempts);
});
