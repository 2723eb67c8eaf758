// Hooks from the logs of the processes, states from those of the sidecars.

import { findState, findTransition, type Machine } from '../../protos/machine/table.ts';
import type { HistoryEvent, TokenSeen } from '../promises/history.ts';
import { type Happened, NOWHERE, PHASE } from './happened.ts';
import type { Entry } from './logs.ts';

export type HookContext = {
  readonly machine: Machine;
  readonly journalId: string;
  /** The wave in which a target takes a step. */
  readonly waveOf: (token: TokenSeen, target: string) => number;
};

const BEGINS = 'a transition begins';
const ENDED = 'a transition ended';
/** What a sidecar says of its preStop hook. */
export const HOOK_CALLED = 'the preStop hook is called';
export const HOOK_ANSWERED = 'the preStop hook is answered';

const LISTENS = 'the process listens';

/** Hooks of one process, and the ends of its lives. */
export function hooksIn(target: string, log: readonly Entry[], context: HookContext): readonly Happened[] {
  let life = '';
  return log.flatMap((entry): readonly Happened[] => {
    const { atMs, kind, words, fields } = entry;
    if (words === LISTENS) life = String(fields['startId']);
    if (kind === 'ended') {
      const event: HistoryEvent = { kind: 'ended', life };
      // A life that ends before it has said who it is does not end the one before it again.
      life = '';
      return [{ atMs, place: NOWHERE, event }];
    }
    if (words !== BEGINS && words !== ENDED) return [];
    const token = tokenIn(fields);
    const wave = context.waveOf(token, target);
    const phase = words === BEGINS ? PHASE.begun : PHASE.ended;
    const event = words === BEGINS ? beginning(target, life, entry, context) : ending(life, entry);
    return [{ atMs, place: [token.operationNumber, token.step, wave, phase], event }];
  });
}

/** How the preStop hook was answered for the last life of a process; `why` says what was not clean. */
export function endIn(log: readonly Entry[], why: string, machine: Machine): readonly HistoryEvent[] {
  const born = log.findLastIndex(({ words }) => words === LISTENS);
  const moved = log.findLast(({ words }, at) => words === ENDED && at > born);
  // Its own word, not the sidecar's.
  const state = String(moved?.fields['state'] ?? machine.initial);
  const life = String(log[born]?.fields['startId']);
  const atRest = findState(machine, state)?.rest === true;
  const late = why.includes('preStop hook was not answered');
  return born === -1 ? [] : [{ kind: 'preStopAnswered', life, clean: why === '', atRest, late }];
}

/** How each call of the preStop hook was answered in one pod, as its sidecar tells; `log` is that of its process. */
export function preStopAnswersIn(
  log: readonly Entry[],
  sidecarLog: readonly Entry[],
  machine: Machine,
): readonly HistoryEvent[] {
  return sidecarLog.flatMap(({ atMs, words, fields }) => {
    if (words !== HOOK_ANSWERED) return [];
    const why = fields['clean'] === true ? '' : String(fields['sentence']);
    return endIn(
      log.filter((said) => said.atMs <= atMs),
      why,
      machine,
    );
  });
}

function beginning(
  target: string,
  life: string,
  { fields }: Entry,
  { machine, journalId }: HookContext,
): HistoryEvent {
  const token = tokenIn(fields);
  const transition = String(fields['transition']);
  return {
    kind: 'hookStarted',
    target,
    life,
    // A sidecar that stops by itself asks in the name of no operation.
    journalId: token.operationNumber === 0 ? '' : journalId,
    token,
    transition,
    stopPath: findTransition(machine, transition)?.stopPath === true,
    runNumber: Number(fields['run']),
  };
}

function ending(life: string, { fields }: Entry): HistoryEvent {
  const { outcome } = fields;
  return {
    kind: 'hookEnded',
    life,
    token: tokenIn(fields),
    executed: outcome === 'executed',
    refused: outcome === 'refused',
  };
}

function tokenIn({ operationNumber, step, operationId }: Entry['fields']): TokenSeen {
  return { operationNumber: Number(operationNumber), step: Number(step), operationId: String(operationId) };
}

/** A hook that starts proves that its request was sent, to the incarnation that this life had then. */
export function requestBehind(hook: Happened, states: readonly Happened[]): readonly Happened[] {
  const { atMs, place, event } = hook;
  if (event.kind !== 'hookStarted' || event.journalId === '') return [];
  const { journalId, token, target, life } = event;
  const named = states
    .filter((each) => each.atMs <= atMs)
    .flatMap((each) => (each.event.kind === 'lived' && each.event.life === life ? [each.event] : []));
  const incarnation = named.at(-1)?.incarnation ?? '';
  const [number, step, wave] = place;
  const request: HistoryEvent = { kind: 'requested', journalId, token, target, incarnation };
  return [{ atMs, place: [number, step, wave, PHASE.asked], event: request }];
}

/** What one sidecar told of its process, and which life each incarnation was. */
export function statesIn(
  target: string,
  log: readonly Entry[],
  processLog: readonly Entry[],
): readonly Happened[] {
  const births = processLog.filter(({ words }) => words === LISTENS);
  const known = new Set<string>();
  return log.flatMap(({ atMs, words, fields, pod }): readonly Happened[] => {
    if (words !== 'target changed state' && words !== 'goes on from what it remembers') return [];
    const incarnation = String(fields['incarnation']);
    const isNew = fields['attached'] === true && !known.has(incarnation);
    if (isNew) known.add(incarnation);
    const born = births.findLast((birth) => birth.pod === pod && birth.atMs <= atMs);
    const life = String(born?.fields['startId']);
    const told: HistoryEvent = {
      kind: 'told',
      incarnation,
      stateNumber: Number(fields['stateNumber']),
      state: String(fields['to']),
      inError: fields['inError'] === true,
    };
    const events: readonly HistoryEvent[] = isNew
      ? [{ kind: 'lived', target, incarnation, life }, told]
      : [told];
    return events.map((event) => ({ atMs, place: NOWHERE, event }));
  });
}
