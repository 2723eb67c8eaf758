// State files of sidecars: slots whose checksum holds around an odd memory, and bytes that mean nothing.

import { readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { minimal } from '../../../protos/machine/minimal.ts';
import { compileMachine, initialValue } from '../../../sidecar/machine/compile.ts';
import { freshMemory, initialSidecar } from '../../../sidecar/rules/memory.ts';
import type { Memory } from '../../../sidecar/rules/model.ts';
import { react } from '../../../sidecar/rules/react.ts';
import { viewOf } from '../../../sidecar/rules/view.ts';
import { openStateFile, type StateFileOptions } from '../../../sidecar/state/file.ts';
import { encodeSlot, HEADER_BYTES, SLOT_BYTES, TEXT_BYTES_MAX } from '../../../sidecar/state/slot.ts';
import type { Dice } from '../dice.ts';
import { mutateBytes, mutateText, mutateValue } from '../mutate.ts';
import { memoryDirectory } from '../room.ts';
import { Finding, type Subject } from '../subject.ts';

const compiled = compileMachine(minimal);
const token = { operationNumber: 7, step: 1, operationId: 'op-1' };
const answer = { token, incarnation: 'abc', kind: 'executed', cause: '', allowedNow: ['stop'] } as const;

const MEMORY: Memory = {
  ...freshMemory('memory-1'),
  journalId: 'journal',
  fence: { epoch: 2, operationNumber: 7, step: 1 },
  incarnation: 'abc',
  value: initialValue(compiled),
  last: { token, incarnation: 'abc', transition: 'start', from: 'idle', to: 'running', answer },
  local: { token, transition: 'stop', from: 'running', to: 'idle' },
  leaving: 'localRestart',
  runNumber: 7,
  stopBegun: ['stop'],
};

const SETTINGS = {
  target: 'readout-3',
  partition: 'daq',
  podUid: 'pod',
  compiled,
  machineHash: 'hash',
  preStopAnswerMs: 25_000,
};

export async function stateFiles(): Promise<Subject> {
  const directory = memoryDirectory();
  const options: StateFileOptions = {
    path: directory.file('state'),
    bootId: 'boot',
    podUid: 'pod',
    machineHash: 'hash',
    compiled,
  };
  const file = await ownNumber(options);
  return {
    attempt: async (dice, trace) => {
      const { bytes, texts } = imageOf(dice, { file, trace });
      writeFileSync(options.path, bytes);
      await using opened = openStateFile(options);
      const { memory, why } = opened;
      if (memory === undefined) {
        if (why === undefined && bytes.some((byte) => byte !== 0)) throw new Finding('void without a word');
        return 'rejected';
      }
      if (!texts.some((text) => holds(text, memory))) throw new Finding('a memory that nobody wrote');
      obey(memory);
      opened.write(memory);
      return 'accepted';
    },
    [Symbol.asyncDispose]: async () => directory[Symbol.dispose](),
  };
}

/** The number by which a memory names the file that it is in. */
async function ownNumber(options: StateFileOptions): Promise<string> {
  await using file = openStateFile(options);
  file.write(MEMORY);
  return /"file":"(\d+)"/.exec(readFileSync(options.path, 'latin1'))?.[1] ?? '';
}

/** Whether it is the very memory of that text. */
function holds(text: string, memory: Memory): boolean {
  try {
    // Through JSON, which leaves out what is undefined.
    return isDeepStrictEqual(Object(JSON.parse(text)).memory, JSON.parse(JSON.stringify(memory)));
  } catch {
    return false;
  }
}

type Image = { readonly bytes: Buffer; readonly texts: readonly string[] };

function imageOf(dice: Dice, { file, trace }: { file: string; trace: (line: string) => void }): Image {
  const texts: string[] = [];
  const slots = [1, 2].map((generation) => {
    const whole = {
      identity: { bootId: 'boot', podUid: 'pod', machineHash: 'hash', file },
      writtenAtMs: Date.now(),
      memory: dice.chance(0.8) ? mutateValue(dice, MEMORY) : MEMORY,
    };
    const text = JSON.stringify(dice.chance(0.1) ? mutateValue(dice, whole) : whole) ?? 'null';
    const spelt = (dice.chance(0.1) ? mutateText(dice, text) : text).slice(0, TEXT_BYTES_MAX / 4);
    trace(`generation ${generation}: ${spelt}`);
    texts.push(spelt);
    const slot = Buffer.alloc(SLOT_BYTES);
    encodeSlot(slot, dice.chance(0.1) ? dice.pick([0, 1, 2, 2 ** 48 - 2]) : generation, spelt);
    return slot;
  });
  const image = Buffer.concat(slots.toReversed());
  if (dice.chance(0.1)) return { bytes: mutateBytes(dice, image), texts };
  if (dice.chance(0.3)) flip(dice, image, texts);
  return { bytes: image, texts };
}

/** Changes a byte where something was written, which random bytes of the whole hardly ever hit. */
function flip(dice: Dice, image: Buffer, texts: readonly string[]): void {
  const slot = dice.below(texts.length);
  const written = HEADER_BYTES + Buffer.byteLength(texts[slot] ?? '');
  // The slots stand the other way round: an even generation goes into the first.
  image[(1 - slot) * SLOT_BYTES + dice.below(written)] = dice.below(256);
}

/** A sidecar that goes on with this memory takes what comes. */
function obey(memory: Memory): void {
  let sidecar = initialSidecar(SETTINGS, memory);
  viewOf(sidecar);
  const hello = {
    type: 'hello',
    stream: 1,
    journalId: 'journal',
    epoch: 3,
    closedThrough: 0,
    adoptedFrom: '',
  } as const;
  const process = { state: 'idle', busy: undefined, executed: undefined, trouble: '' };
  const attachment = { id: 1, startId: 'start-1' };
  const attached = { type: 'attached', attachment, process, incarnation: 'podpod00.life0000' } as const;
  for (const event of [hello, attached, { type: 'preStop' }] as const) {
    sidecar = react(sidecar, event).sidecar;
    viewOf(sidecar);
  }
}
