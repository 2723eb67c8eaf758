import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { minimal } from '../../protos/machine/minimal.ts';
import { SENTENCE_CHARACTERS_MAX } from '../../protos/sentence.ts';
import { compileMachine, initialValue } from '../../sidecar/machine/compile.ts';
import type { Memory } from '../../sidecar/rules/model.ts';
import { readBootId } from '../../sidecar/state/boot.ts';
import { FILE_BYTES } from '../../sidecar/state/disk.ts';
import { openStateFile, type StateFileOptions } from '../../sidecar/state/file.ts';
import { encodeSlot, SLOT_BYTES, TEXT_BYTES_MAX } from '../../sidecar/state/slot.ts';

const compiled = compileMachine(minimal);
let folder = '';
let options: StateFileOptions;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-state-'));
  const path = join(folder, 'state');
  options = { path, bootId: 'boot', podUid: 'pod', machineHash: 'hash', compiled };
});
afterEach(() => rmSync(folder, { recursive: true }));

function memoryNumber(stateNumber: number): Memory {
  return {
    memoryId: 'memory-1',
    journalId: 'journal',
    fence: { epoch: 2, operationNumber: 7, step: 1 },
    closed: true,
    incarnation: 'abc',
    value: initialValue(compiled),
    cause: '',
    stateNumber,
    last: undefined,
    local: undefined,
    leaving: 'no',
    runNumber: 0,
    stopBegun: [],
  };
}

const token = { operationNumber: 7, step: 1, operationId: 'op-1' };
const full: Memory = {
  ...memoryNumber(9),
  cause: 'The disk is full, “sagt” der Writer.',
  last: {
    token,
    incarnation: 'abc',
    transition: 'start',
    from: 'a',
    to: 'b',
    answer: {
      token,
      incarnation: 'abc',
      kind: 'refused',
      code: 'BY_PROCESS',
      cause: 'no',
      allowedNow: ['x'],
    },
  },
  local: { token, transition: 'stop', from: 'b', to: 'a' },
  leaving: 'localRestart',
  stopBegun: ['stop'],
};

async function writeAll(...memories: readonly Memory[]): Promise<void> {
  await using file = openStateFile(options);
  for (const memory of memories) file.write(memory);
}

async function read(changed: Partial<StateFileOptions> = {}): Promise<{ memory: unknown; why: unknown }> {
  await using file = openStateFile({ ...options, ...changed });
  return { memory: file.memory, why: file.why };
}

/** Changes the bytes on disk. */
function damage(change: (bytes: Buffer) => Buffer | undefined): void {
  const bytes = readFileSync(options.path);
  writeFileSync(options.path, change(bytes) ?? bytes);
}

describe('a state file', () => {
  test('is new once, preallocated, and then gives what was written last', async () => {
    expect(await read()).toEqual({ memory: undefined, why: undefined });
    expect(statSync(options.path).size).toBe(FILE_BYTES);
    for (let number = 1; number < 6; number += 1) {
      await writeAll(memoryNumber(number));
      expect(await read()).toEqual({ memory: memoryNumber(number), why: undefined });
    }
    await writeAll(memoryNumber(7), full);
    expect(await read()).toEqual({ memory: full, why: undefined });
  });

  test('that holds a longer cause than the contract takes is read with as much of it as it takes', async () => {
    const request = { token, incarnation: 'abc', transition: 'start', from: 'a', to: 'b' };
    const answer = { token, incarnation: 'abc', kind: 'failed', allowedNow: [] } as const;
    const held = (cause: string): Memory => ({
      ...full,
      cause,
      last: { ...request, answer: { ...answer, cause } },
    });
    await writeAll(held('x'.repeat(SENTENCE_CHARACTERS_MAX + 18)));
    expect(await read()).toEqual({ memory: held('x'.repeat(SENTENCE_CHARACTERS_MAX)), why: undefined });
  });

  test('does not grow and is readable by its owner only', async () => {
    await writeAll(...Array.from({ length: 50 }, (_, at) => memoryNumber(at)));
    expect(statSync(options.path).size).toBe(FILE_BYTES);
    expect(statSync(options.path).mode & 0o077).toBe(0);
  });

  test.each([
    ['bootId', 'boot of the kernel'],
    ['podUid', 'pod'],
    ['machineHash', 'machine'],
  ])('of another %s is void, says so, and stays void', async (key, word) => {
    await writeAll(memoryNumber(1), memoryNumber(2));
    const { memory, why } = await read({ [key]: 'other' });
    expect(memory).toBeUndefined();
    expect(why).toContain(`another ${word} wrote it`);
    expect(await read()).toEqual({ memory: undefined, why: undefined });
  });
});

describe('a damaged state file', () => {
  test('truncated at any byte is void', async () => {
    await writeAll(memoryNumber(1), memoryNumber(2));
    const whole = readFileSync(options.path);
    // Every offset where something was written, then a sample of the zeros behind it.
    const offsets = [...Array(700).keys(), ...Array.from({ length: 700 }, (_, at) => SLOT_BYTES + at)];
    for (const size of [...offsets, SLOT_BYTES - 1, FILE_BYTES - 1]) {
      writeFileSync(options.path, whole.subarray(0, size));
      const found = await read();
      expect(found.memory, `truncated to ${size}`).toBeUndefined();
      if (size > 0) expect(found.why).toBe(`it has ${size} bytes instead of ${FILE_BYTES}`);
    }
  });

  test('longer than it should be is void', async () => {
    await writeAll(memoryNumber(1));
    damage((bytes) => Buffer.concat([bytes, Buffer.from('x')]));
    expect((await read()).why).toContain('more than');
  });

  test('whose newer slot is torn at any byte falls back to the older one', async () => {
    await writeAll(memoryNumber(1), memoryNumber(2));
    const whole = readFileSync(options.path);
    // Generation 1 went into the second slot, generation 2 into the first.
    const written = whole.subarray(0, SLOT_BYTES).findLastIndex((byte) => byte !== 0) + 1;
    for (let at = 0; at < written; at += 1) {
      const torn = Buffer.from(whole);
      // What a cut write leaves behind: the bytes from `at` on are still those of before.
      torn.fill(0, at, SLOT_BYTES);
      writeFileSync(options.path, torn);
      expect(await read(), `torn at ${at}`).toEqual({ memory: memoryNumber(1), why: undefined });
    }
  });

  test('never gives a memory that was not written, whichever byte is changed', async () => {
    await writeAll(memoryNumber(1), memoryNumber(2));
    const whole = readFileSync(options.path);
    const { mtime } = statSync(options.path);
    await fc.assert(
      fc.asyncProperty(fc.nat(600), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] ?? 0) ^ flip;
        writeFileSync(options.path, changed);
        // A bit that falls over on the disk leaves the time of the last write as it was.
        utimesSync(options.path, mtime, mtime);
        const { memory } = await read();
        expect([memoryNumber(1), memoryNumber(2)]).toContainEqual(memory);
      }),
      { numRuns: 200 },
    );
  });

  test('with a slot that has no generation is void, and says so', async () => {
    const slot = Buffer.alloc(SLOT_BYTES);
    encodeSlot(slot, 0, '{}');
    writeFileSync(options.path, Buffer.concat([Buffer.alloc(SLOT_BYTES), slot]));
    expect(await read()).toEqual({ memory: undefined, why: 'neither of its slots is whole' });
  });

  test('with both slots torn is void', async () => {
    await writeAll(memoryNumber(1), memoryNumber(2));
    damage((bytes) => bytes.fill(7, 30, 60).fill(7, SLOT_BYTES + 30, SLOT_BYTES + 60));
    expect(await read()).toEqual({ memory: undefined, why: 'neither of its slots is whole' });
  });
});

describe('a state file that goes on', () => {
  test('goes on after a torn slot without losing a generation', async () => {
    await writeAll(memoryNumber(1), memoryNumber(2));
    damage((bytes) => bytes.fill(7, 30, 60));
    await writeAll(memoryNumber(3));
    expect((await read()).memory).toEqual(memoryNumber(3));
    await writeAll(memoryNumber(4));
    expect((await read()).memory).toEqual(memoryNumber(4));
  });

  test('refuses a memory that is too large, and keeps the one before', async () => {
    await writeAll(memoryNumber(1));
    const large = { ...memoryNumber(2), cause: 'x'.repeat(TEXT_BYTES_MAX) };
    await expect(writeAll(large)).rejects.toMatchObject({ code: 'LIMIT' });
    expect((await read()).memory).toEqual(memoryNumber(1));
  });

  test('with a state that the machine does not have is void', async () => {
    await writeAll({ ...memoryNumber(1), value: { state: 'nowhere', error: false, doing: '' } });
    expect((await read()).why).toContain('a state that machine minimal does not have');
  });

  test('that cannot be opened says which file and why', () => {
    const path = join(folder, 'missing', 'state');
    expect(() => openStateFile({ ...options, path })).toThrow(
      expect.objectContaining({ code: 'STORAGE', message: expect.stringContaining(path) }),
    );
    expect(() => openStateFile({ ...options, path: folder })).toThrow(/cannot open the state file/);
  });
});

test('the kernel names its boot, always by the same name', () => {
  expect(readBootId()).toBe(readBootId());
});
