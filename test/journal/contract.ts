// What every journal does, wherever it is kept.

import { expect, test } from 'vitest';
import { apply, emptyJournal } from '../../coordinator/core/journal-state.ts';
import type { JournalRecord } from '../../coordinator/core/model/journal.ts';
import { type Journal, type Position, StaleAppend } from '../../coordinator/journal/journal.ts';
import { InvariantViolation } from '../../protos/failure/invariant.ts';
import { STORY } from './story.ts';

export const START: Position = { epoch: 0, index: 0 };

export const OPENED = {
  kind: 'opened',
  journalId: 'journal-1',
  partition: 'mini',
  operationsRememberedMax: 256,
  operationsInFullMax: 16,
} as const satisfies JournalRecord;

export function led(epoch: number): JournalRecord {
  return { kind: 'led', epoch, operationNumber: 100 };
}

/** A place for one journal that is not there yet; `open` gives a further handle of it. */
export type JournalPlace = AsyncDisposable & { readonly open: () => Journal };

/** The tests that the journals of `place` must pass. */
export function journalContract(kind: string, place: () => JournalPlace): void {
  test(`${kind}: a new journal is empty and keeps what is appended, however it is split`, async () => {
    await using here = place();
    {
      await using journal = here.open();
      expect(await journal.read()).toEqual({ state: emptyJournal, at: START });
      const at = await journal.append(START, STORY.slice(0, 5));
      expect(at).toEqual({ epoch: 1, index: 5 });
      expect(await journal.append(at, STORY.slice(5))).toEqual({ epoch: 3, index: STORY.length });
    }
    await using journal = here.open();
    const state = STORY.reduce(apply, emptyJournal);
    expect(await journal.read()).toEqual({ state, at: { epoch: 3, index: STORY.length } });
  });

  test(`${kind}: P13: every prefix replays to the state that it had live, twice`, async () => {
    await using here = place();
    let live = emptyJournal;
    let at = START;
    for (const record of STORY) {
      {
        await using journal = here.open();
        await journal.read();
        at = await journal.append(at, [record]);
      }
      live = apply(live, record);
      for (const _ of ['first', 'second']) {
        await using journal = here.open();
        expect(await journal.read()).toEqual({ state: live, at });
      }
    }
  });

  test(`${kind}: P8: of two handles at one end the second append is stale and changes nothing`, async () => {
    await using here = place();
    await using first = here.open();
    await using second = here.open();
    await first.read();
    await second.read();
    await first.append(START, [OPENED, led(1)]);
    await expect(second.append(START, [OPENED, led(2)])).rejects.toThrow(StaleAppend);
    await expect(second.append(START, [OPENED])).rejects.toThrow(
      /expected its end at record 0 of epoch 0, found record 2 of epoch 1/,
    );
    expect((await first.read()).state.epoch).toBe(1);
  });

  test(`${kind}: P8: what another handle appends word for word alike is still its append`, async () => {
    await using here = place();
    await using first = here.open();
    await using second = here.open();
    await first.read();
    await second.read();
    await first.append(START, [OPENED, led(1)]);
    await expect(second.append(START, [OPENED, led(1)])).rejects.toThrow(StaleAppend);
  });

  test(`${kind}: P8: an append at an end that is not its own is stale`, async () => {
    await using here = place();
    await using journal = here.open();
    await journal.read();
    const at = await journal.append(START, [OPENED, led(1)]);
    await expect(journal.append(START, [led(2)])).rejects.toThrow(StaleAppend);
    await expect(journal.append({ ...at, epoch: 2 }, [led(2)])).rejects.toThrow(StaleAppend);
  });

  test(`${kind}: a record that cannot follow is a bug, found before anything is written`, async () => {
    await using here = place();
    await using journal = here.open();
    await journal.read();
    const at = await journal.append(START, [OPENED, led(2)]);
    await expect(journal.append(at, [led(3), led(1)])).rejects.toThrow(InvariantViolation);
    expect((await journal.read()).at).toEqual(at);
  });
}
