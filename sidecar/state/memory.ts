// Memory as it stands in the file, read back without trust: the file may be of a bug or of a person.

import { z } from 'zod';
import { faultPath, parseShape } from '../../protos/machine/shape.ts';
import { cutSentence } from '../../protos/sentence.ts';
import { type Compiled, isMachineValue } from '../machine/compile.ts';
import type { Answer, LastRequest, Memory } from '../rules/model.ts';

const count = z.int().min(0);
const text = z.string().max(4_096);
/** An earlier build may have remembered a longer one than the contract takes. */
const cause = text.transform(cutSentence);
const id = z.string().max(64);
const names = z.array(text).max(256);

const token = z.strictObject({ operationNumber: count, step: count, operationId: id });

const refusal = z.enum([
  'FENCED',
  'GONE',
  'BUSY',
  'LEAVING',
  'NOT_ALLOWED',
  'MACHINE_DIFFERS',
  'BY_PROCESS',
  'NOT_ATTACHED',
]);

const answer = z
  .strictObject({
    token,
    incarnation: id,
    kind: z.enum(['executed', 'refused', 'failed', 'interrupted']),
    code: refusal.optional(),
    cause,
    allowedNow: names,
  })
  .transform(({ code, ...rest }): Answer => (code === undefined ? rest : { ...rest, code }));

const last = z
  .strictObject({ token, incarnation: id, transition: text, from: text, to: text, answer: answer.optional() })
  .transform(({ answer, ...rest }): LastRequest => (answer === undefined ? rest : { ...rest, answer }));

const local = z.strictObject({ token, transition: text, from: text, to: text });

const value = z.strictObject({ state: text, error: z.boolean(), doing: text });

/** `undefined` has no place in JSON, so an absent key is read as undefined. */
const memory = z
  .strictObject({
    memoryId: id.min(1),
    journalId: id,
    fence: z.strictObject({ epoch: count, operationNumber: count, step: count }),
    closed: z.boolean(),
    incarnation: id,
    value,
    cause,
    stateNumber: count,
    last: last.optional(),
    local: local.optional(),
    leaving: z.enum(['no', 'leaving', 'local', 'localRestart']),
    runNumber: count,
    stopBegun: names,
  })
  .transform((read): Memory => ({ ...read, last: read.last, local: read.local }));

/** A memory of that machine, or one sentence why `raw` is none. */
export function parseMemory(raw: unknown, compiled: Compiled): Memory | string {
  const read = parseShape<Memory>(memory, raw);
  if ('faults' in read) {
    const fault = read.faults[0];
    return `it holds no memory: ${fault && faultPath(fault)}: want ${fault?.want}, got ${fault?.got}`;
  }
  if (!isMachineValue(compiled, read.value.value)) {
    return `it is in a state that machine ${compiled.machine.name} does not have: ${JSON.stringify(read.value.value)}`;
  }
  return read.value;
}
