// A state file that is shared, removed, or replaced by an older copy: never a memory that is not the last one.

import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { minimal } from '../../protos/machine/minimal.ts';
import { compileMachine } from '../../sidecar/machine/compile.ts';
import { freshMemory } from '../../sidecar/rules/memory.ts';
import type { Memory } from '../../sidecar/rules/model.ts';
import { openStateFile, type StateFile, type StateFileOptions } from '../../sidecar/state/file.ts';
import { smallDisk, whyNoDisk } from '../disk/smallDisk.ts';
import { temporaryDirectory } from '../journal/directory.ts';

const compiled = compileMachine(minimal);
let directory: ReturnType<typeof temporaryDirectory>;
let remade: number;
let options: StateFileOptions;

beforeEach(() => {
  directory = temporaryDirectory();
  remade = 0;
  options = {
    path: directory.file('state'),
    bootId: 'boot',
    podUid: 'pod',
    machineHash: 'hash',
    compiled,
    onRemade: () => {
      remade += 1;
    },
  };
});
afterEach(() => directory[Symbol.dispose]());

function memoryNumber(stateNumber: number): Memory {
  return { ...freshMemory('memory-1'), stateNumber };
}

/** A state file in use with three memories in it, and a copy of it from when it had two. */
function use(): { readonly file: StateFile; readonly copy: string } {
  const file = openStateFile(options);
  for (const number of [1, 2]) file.write(memoryNumber(number));
  const copy = directory.file('copy');
  copyFileSync(options.path, copy);
  file.write(memoryNumber(3));
  return { file, copy };
}

async function found(): Promise<{ number: number | undefined; why: string | undefined }> {
  await using file = openStateFile(options);
  return { number: file.memory?.stateNumber, why: file.why };
}

describe('two sidecars on one state file', () => {
  test('the second is refused with the pid of the first, by whatever name it calls the file', async () => {
    const { file } = use();
    mkdirSync(directory.file('real'));
    symlinkSync(directory.path, directory.file('real/link'));
    for (const path of [options.path, directory.file('real/link/state')]) {
      expect(() => openStateFile({ ...options, path })).toThrow(
        expect.objectContaining({
          code: 'BUSY',
          message:
            `the state file ${path} is in use by process ${process.pid}; ` +
            'end that sidecar, or choose another stateFile',
        }),
      );
    }
    file.write(memoryNumber(4));
    await file[Symbol.asyncDispose]();
    expect(await found()).toEqual({ number: 4, why: undefined });
  });

  test('one that could not be opened is not held', () => {
    mkdirSync(options.path);
    expect(() => openStateFile(options)).toThrow(/cannot open the state file/);
    rmSync(options.path, { recursive: true });
    expect(() => openStateFile(options)).not.toThrow();
  });
});

describe('while it is in use', () => {
  test.each<[string, (copy: string) => void]>([
    ['removed', () => rmSync(options.path)],
    ['replaced by an older copy', (copy) => renameSync(copy, options.path)],
    ['cut', () => truncateSync(options.path, 100)],
    ['emptied', () => truncateSync(options.path)],
  ])('%s: it is made anew with the next memory, once', async (_, take) => {
    const { file, copy } = use();
    take(copy);
    file.write(memoryNumber(4));
    file.write(memoryNumber(5));
    expect(remade).toBe(1);
    await file[Symbol.asyncDispose]();
    expect(await found()).toEqual({ number: 5, why: undefined });
  });

  test('overwritten by an older copy: the next memory is found, not the older', async () => {
    const { file, copy } = use();
    writeFileSync(options.path, readFileSync(copy));
    file.write(memoryNumber(4));
    await file[Symbol.asyncDispose]();
    expect(await found()).toEqual({ number: 4, why: undefined });
  });

  test('its folder removed: the memory is refused with STORAGE', () => {
    const { file } = use();
    rmSync(directory.path, { recursive: true });
    expect(() => file.write(memoryNumber(4))).toThrow(
      expect.objectContaining({ code: 'STORAGE', message: expect.stringContaining(options.path) }),
    );
  });
});

describe('while no sidecar runs', () => {
  test('P9: an older copy that was put in its place is void', async () => {
    const { file, copy } = use();
    await file[Symbol.asyncDispose]();
    renameSync(copy, options.path);
    expect(await found()).toEqual({
      number: undefined,
      why: expect.stringMatching(/another file, of which this is a copy, wrote it/),
    });
  });

  test('P9: an older copy that was written over it is void', async () => {
    const { file, copy } = use();
    await file[Symbol.asyncDispose]();
    writeFileSync(options.path, readFileSync(copy));
    const later = new Date(Date.now() + 2_000);
    utimesSync(options.path, later, later);
    expect(await found()).toEqual({
      number: undefined,
      why: 'it was overwritten after it was last remembered in, e.g. by an older copy',
    });
  });

  test('a new owner or label of it later does not count as writing: its memory is kept', async () => {
    const then = new Date(Date.now() - 10_000);
    vi.spyOn(Date, 'now').mockReturnValue(then.getTime());
    onTestFinished(() => {
      vi.restoreAllMocks();
    });
    const { file } = use();
    file.write(memoryNumber(4));
    await file[Symbol.asyncDispose]();
    // As if ten seconds had passed between the last memory and what changes no byte.
    utimesSync(options.path, then, then);
    chmodSync(options.path, 0o640);
    expect(statSync(options.path).ctimeMs).toBeGreaterThan(then.getTime() + 5_000);
    expect(await found()).toEqual({ number: 4, why: undefined });
  });
});

describe.skipIf(whyNoDisk() !== undefined)('on a disk of its own', () => {
  const BYTES = 262_144;

  test('that is full a new one is refused, and one that is there goes on', async () => {
    using disk = smallDisk(BYTES);
    options = { ...options, path: disk.file('state') };
    const { file } = use();
    disk.fill();
    for (const number of [4, 5, 6]) file.write(memoryNumber(number));
    await file[Symbol.asyncDispose]();
    expect(await found()).toEqual({ number: 6, why: undefined });
    expect(() => openStateFile({ ...options, path: disk.file('other') })).toThrow(
      expect.objectContaining({ code: 'STORAGE', message: expect.stringContaining('ENOSPC') }),
    );
  });

  test('that is read-only it is refused', async () => {
    using disk = smallDisk(BYTES);
    options = { ...options, path: disk.file('state') };
    const { file } = use();
    await file[Symbol.asyncDispose]();
    disk.makeReadOnly();
    for (const path of [options.path, disk.file('other')]) {
      expect(() => openStateFile({ ...options, path })).toThrow(
        expect.objectContaining({ code: 'STORAGE', message: expect.stringContaining(path) }),
      );
    }
  });
});
