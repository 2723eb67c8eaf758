// What a sidecar remembers, on disk: two slots in one small preallocated file. One pwrite goes into the
// older slot, so a write that is cut leaves the newer one whole. No fsync: a sidecar's death does not lose
// what the kernel holds, and a kernel's death ends the process too, which makes the memory void.

import { closeSync } from 'node:fs';
import { RunControlError } from '../../protos/failure/trouble.ts';
import type { Compiled } from '../machine/compile.ts';
import type { Memory } from '../rules/model.ts';
import { fileNumber, isInPlace, openOrMake, replaceFile, wipe, writeWhole } from './disk.ts';
import { load } from './load.ts';
import { lockStateFile } from './lock.ts';
import { encodeSlot, SLOT_BYTES } from './slot.ts';

export type StateFileOptions = {
  readonly path: string;
  /** What another kernel boot, pod or machine wrote is void. */
  readonly bootId: string;
  readonly podUid: string;
  readonly machineHash: string;
  readonly compiled: Compiled;
  /** Told that the file was removed, replaced or cut while it was in use; it has been made anew. */
  readonly onRemade?: () => void;
};

export type StateFile = AsyncDisposable & {
  /** What was remembered when the file was opened; undefined when nothing, or nothing that counts. */
  readonly memory: Memory | undefined;
  /** One sentence why nothing counts; undefined when the file was new or its memory counts. */
  readonly why: string | undefined;
  /** Remembers. It has happened when this returns. Throws RunControlError STORAGE, or LIMIT when too large. */
  write(memory: Memory): void;
};

/**
 * Opens or makes the file. Throws RunControlError STORAGE when it cannot be read or written, BUSY that names
 * the process when another sidecar remembers in it.
 */
export function openStateFile(options: StateFileOptions): StateFile {
  const { path } = options;
  using opened = new DisposableStack();
  opened.use(lockStateFile(path));
  let fd = attempt(path, 'open', () => openOrMake(path));
  opened.defer(() => closeSync(fd));
  const found = attempt(path, 'read', () => load(fd, options));
  // What is void is wiped at once: a later open must not find it beside newer slots.
  if (found.memory === undefined) attempt(path, 'prepare', () => wipe(fd));
  const slot = Buffer.alloc(SLOT_BYTES);
  // An open file keeps its number: asked for once, since a sidecar writes twice for each request.
  let number = fileNumber(fd);
  let generation = found.generation;
  const write = (memory: Memory): void => {
    const remade = isInPlace(path, number) ? undefined : replaceFile(path);
    const file = remade ?? fd;
    const named = remade === undefined ? number : fileNumber(remade);
    const bytes = encodeSlot(slot, generation + 1, textOf(options, named, memory));
    writeWhole(file, slot, bytes, ((generation + 1) % 2) * SLOT_BYTES);
    generation += 1;
    if (remade === undefined) return;
    closeSync(fd);
    fd = remade;
    number = named;
    options.onRemade?.();
  };
  const held = opened.move();
  return {
    memory: found.memory,
    why: found.why,
    write: (memory) => attempt(path, 'write', () => write(memory)),
    [Symbol.asyncDispose]: async () => held.dispose(),
  };
}

function textOf(options: StateFileOptions, file: string, memory: Memory): string {
  const { bootId, podUid, machineHash } = options;
  return JSON.stringify({
    identity: { bootId, podUid, machineHash, file },
    writtenAtMs: Date.now(),
    memory,
  });
}

function attempt<Result>(path: string, verb: string, run: () => Result): Result {
  try {
    return run();
  } catch (cause) {
    if (cause instanceof RunControlError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RunControlError(
      'STORAGE',
      `cannot ${verb} the state file ${path}: ${why}; mend that and start the sidecar again`,
      { cause },
    );
  }
}
