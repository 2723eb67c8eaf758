// What the state file holds when a sidecar starts, read without trust.

import { fstatSync, readSync } from 'node:fs';
import type { Memory } from '../rules/model.ts';
import { FILE_BYTES, fileNumber } from './disk.ts';
import type { StateFileOptions } from './file.ts';
import { parseMemory } from './memory.ts';
import { decodeSlot, SLOT_BYTES, type Slot } from './slot.ts';

/**
 * The file's time of writing is the kernel's, some milliseconds coarse, and ours is taken just before. One
 * that was written this much later, in milliseconds, was written by somebody else.
 */
const WRITTEN_LATER_MS_MAX = 1_000;

export type Found = {
  readonly memory: Memory | undefined;
  readonly why: string | undefined;
  readonly generation: number;
};

/** The memory in the open file, or why none counts. */
export function load(fd: number, options: StateFileOptions): Found {
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
  // Of two whole slots the last write is one: an older copy that was written over them tells itself, unless it
  // brought its time along (`cp -p`). Not ctime, which nobody can set: a new owner or label changes that too, and
  // under SELinux older container runtimes label all files of a volume anew with each start of a container.
  const { mtimeMs } = fstatSync(fd);
  const lastWriteMs = slots.some((slot) => slot.kind === 'torn') ? undefined : mtimeMs;
  const memory = understand(newest.text, { identity: identityOf(options, fd), options, lastWriteMs });
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

type Present = {
  readonly identity: Readonly<Record<string, string>>;
  readonly options: StateFileOptions;
  /** When the file was written last, in milliseconds since 1970; undefined when that write was not whole. */
  readonly lastWriteMs: number | undefined;
};

/** The memory in a slot's text, or why it does not count here. */
function understand(text: string, { identity, options, lastWriteMs }: Present): Memory | string {
  const read: { identity?: unknown; writtenAtMs?: unknown; memory?: unknown } = Object(parseJson(text));
  const written: Record<string, unknown> = Object(read.identity);
  for (const [key, present] of Object.entries(identity)) {
    if (written[key] !== present)
      return `another ${WORDS[key]} wrote it (${String(written[key])}, now ${present})`;
  }
  if (lastWriteMs !== undefined && lastWriteMs - Number(read.writtenAtMs) > WRITTEN_LATER_MS_MAX) {
    return 'it was overwritten after it was last remembered in, e.g. by an older copy';
  }
  return parseMemory(read.memory, options.compiled);
}

const WORDS: Readonly<Record<string, string>> = {
  bootId: 'boot of the kernel',
  podUid: 'pod',
  machineHash: 'machine',
  file: 'file, of which this is a copy,',
};

function identityOf({ bootId, podUid, machineHash }: StateFileOptions, fd: number): Present['identity'] {
  return { bootId, podUid, machineHash, file: fileNumber(fd) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The checksum held, so a bug wrote it; it is no memory either way.
    return undefined;
  }
}
