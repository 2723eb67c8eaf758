// What a sidecar remembers, on disk: two slots in one small preallocated file. One pwrite goes into the
// older slot, so a write that is cut leaves the newer one whole. No fsync: a sidecar's death does not lose
// what the kernel holds, and a kernel's death ends the process too, which makes the memory void.

import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { reach } from '../../protos/failure/reach.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import type { Compiled } from '../machine/compile.ts';
import type { Memory } from '../rules/model.ts';
import { parseMemory } from './memory.ts';
import { decodeSlot, encodeSlot, SLOT_BYTES, type Slot } from './slot.ts';

/** Size of the file in bytes, from its first write on. */
export const FILE_BYTES = 2 * SLOT_BYTES;

export type StateFileOptions = {
  readonly path: string;
  /** What another kernel boot, pod or machine wrote is void. */
  readonly bootId: string;
  readonly podUid: string;
  readonly machineHash: string;
  readonly compiled: Compiled;
};

export type StateFile = AsyncDisposable & {
  /** What was remembered when the file was opened; undefined when nothing, or nothing that counts. */
  readonly memory: Memory | undefined;
  /** One sentence why nothing counts; undefined when the file was new or its memory counts. */
  readonly why: string | undefined;
  /** Remembers. It has happened when this returns. Throws RunControlError STORAGE, or LIMIT when too large. */
  write(memory: Memory): void;
};

/** Opens or makes the file. Throws RunControlError STORAGE when it cannot be read or written. */
export function openStateFile(options: StateFileOptions): StateFile {
  const fd = attempt(options.path, 'open', () => openOrMake(options.path));
  const found = attempt(options.path, 'read', () => load(fd, options));
  // What is void is wiped at once: a later open must not find it beside newer slots.
  if (found.memory === undefined) attempt(options.path, 'prepare', () => wipe(fd));
  const identity = JSON.stringify(identityOf(options));
  const slot = Buffer.alloc(SLOT_BYTES);
  let generation = found.generation;
  return {
    memory: found.memory,
    why: found.why,
    write: (memory) => {
      const text = `{"identity":${identity},"memory":${JSON.stringify(memory)}}`;
      const bytes = encodeSlot(slot, generation + 1, text);
      const at = ((generation + 1) % 2) * SLOT_BYTES;
      attempt(options.path, 'write', () => writeWhole(fd, slot, bytes, at));
      generation += 1;
    },
    [Symbol.asyncDispose]: async () => closeSync(fd),
  };
}

type Found = {
  readonly memory: Memory | undefined;
  readonly why: string | undefined;
  readonly generation: number;
};

function load(fd: number, options: StateFileOptions): Found {
  const bytes = Buffer.alloc(FILE_BYTES + 1);
  const size = readSync(fd, bytes, 0, bytes.length, 0);
  if (size === 0) return nothing(undefined);
  if (size !== FILE_BYTES)
    return nothing(
      `it has ${size > FILE_BYTES ? 'more than ' : ''}${Math.min(size, FILE_BYTES)} bytes instead of ${FILE_BYTES}`,
    );
  const slots = [
    decodeSlot(bytes.subarray(0, SLOT_BYTES)),
    decodeSlot(bytes.subarray(SLOT_BYTES, FILE_BYTES)),
  ];
  const newest = newestOf(slots);
  if (newest === undefined) return nothing(whyNoText(slots));
  const memory = understand(newest.text, options);
  if (typeof memory === 'string') return nothing(memory);
  return { memory, why: undefined, generation: newest.generation };
}

function nothing(why: string | undefined): Found {
  return { memory: undefined, why, generation: 0 };
}

type TextSlot = Extract<Slot, { kind: 'text' }>;

/** A slot of another format was written by a newer sidecar, later than ours: then ours does not count either. */
function newestOf(slots: readonly Slot[]): TextSlot | undefined {
  if (slots.some((slot) => slot.kind === 'format')) return undefined;
  const texts = slots.filter((slot) => slot.kind === 'text');
  return texts.reduce<TextSlot | undefined>(
    (best, slot) => (slot.generation > (best?.generation ?? 0) ? slot : best),
    undefined,
  );
}

function whyNoText(slots: readonly Slot[]): string | undefined {
  const other = slots.find((slot) => slot.kind === 'format');
  if (other !== undefined) return `it has format ${other.version}, which this build does not read`;
  return slots.some((slot) => slot.kind === 'torn') ? 'neither of its slots is whole' : undefined;
}

/** The memory in a slot's text, or why it does not count here. */
function understand(text: string, options: StateFileOptions): Memory | string {
  const read: { identity?: unknown; memory?: unknown } = Object(parseJson(text));
  const written: Record<string, unknown> = Object(read.identity);
  for (const [key, present] of Object.entries(identityOf(options))) {
    if (written[key] !== present)
      return `another ${WORDS[key]} wrote it (${String(written[key])}, now ${present})`;
  }
  return parseMemory(read.memory, options.compiled);
}

const WORDS: Readonly<Record<string, string>> = {
  bootId: 'boot of the kernel',
  podUid: 'pod',
  machineHash: 'machine',
};

function identityOf(options: StateFileOptions): Readonly<Record<string, string>> {
  return { bootId: options.bootId, podUid: options.podUid, machineHash: options.machineHash };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The checksum held, so a bug wrote it; it is no memory either way.
    return undefined;
  }
}

/** Not in one call: 'w+' would empty a file that counts. */
function openOrMake(path: string): number {
  try {
    return openSync(path, 'r+');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return openSync(path, 'wx+', 0o600);
    throw error;
  }
}

/** The zeros are written, not left as a hole: a full disk must show here and not in the middle of a run. */
function wipe(fd: number): void {
  reach('sidecar.before-wipe');
  ftruncateSync(fd, 0);
  reach('sidecar.wiped');
  writeWhole(fd, Buffer.alloc(FILE_BYTES), FILE_BYTES, 0);
}

function writeWhole(fd: number, bytes: Buffer, length: number, at: number): void {
  const written = writeSync(fd, bytes, 0, length, at);
  if (written !== length) throw new Error(`only ${written} of ${length} bytes were written`);
}

function attempt<Result>(path: string, verb: string, run: () => Result): Result {
  try {
    return run();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RunControlError('STORAGE', `cannot ${verb} the state file ${path}: ${why}`, { cause });
  }
}
