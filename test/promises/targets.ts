// P8 to P10 and P15 to P17: one line of records, and what sidecars promise about their processes.

import { type HistoryEvent, type Oracle, PromiseBroken } from './history.ts';

/** P8 single writer. */
export function singleWriter(): Oracle {
  const last = new Map<string, number>();
  const superseded = new Set<string>();
  const sentence =
    'The journal is one line of records; a process whose append was refused does nothing further.';
  return (event) => {
    if (event.kind === 'restored') last.set(event.journalId, event.index);
    if (event.kind === 'superseded') superseded.add(event.by);
    if ((event.kind === 'acted' || event.kind === 'journaled') && superseded.has(event.by)) {
      throw new PromiseBroken('P8', sentence, `${event.by} went on after its append was refused`);
    }
    if (event.kind !== 'journaled') return;
    const before = last.get(event.journalId) ?? 0;
    if (event.index !== before + 1)
      throw new PromiseBroken('P8', sentence, `record ${event.index} follows record ${before}`);
    last.set(event.journalId, event.index);
  };
}

/** P9 fence. */
export function fenceHolds(): Oracle {
  const fences = new Map<string, Extract<HistoryEvent, { kind: 'fenced' }>>();
  return (event) => {
    if (event.kind !== 'fenced') return;
    const key = `${event.journalId}:${event.memory}`;
    const before = fences.get(key);
    if (before !== undefined && isLower(event, before)) {
      throw new PromiseBroken(
        'P9',
        'Within one journal, epoch and (operation number, step) never decrease at a sidecar.',
        `${event.memory} went from ${text(before)} to ${text(event)}`,
      );
    }
    fences.set(key, event);
  };
}

/** P10 truthful state: what is shown was told, what is called executed was executed, who is called gone is gone. */
export function truthfulState(): Oracle {
  const told = new Map<string, string>();
  const lifeOf = new Map<string, string>();
  const endedLives = new Set<string>();
  const executed = new Set<string>();
  const operations = new Map<string, Readonly<Record<string, readonly string[]>>>();
  const declared = new Set<string>();
  const forgotten = new Set<string>();
  return (event) => {
    if (event.kind === 'told')
      told.set(`${event.incarnation}:${event.stateNumber}`, `${event.state}:${event.inError}`);
    if (event.kind === 'lived') lifeOf.set(event.incarnation, event.life);
    if (event.kind === 'ended') endedLives.add(event.life);
    if (event.kind === 'forgotten') forgotten.add(event.incarnation);
    if (event.kind === 'hookEnded' && event.executed)
      executed.add(
        `${event.life}:${event.token.operationNumber}:${event.token.step}:${event.token.operationId}`,
      );
    if (
      event.kind === 'pictured' &&
      told.get(`${event.incarnation}:${event.stateNumber}`) !== `${event.state}:${event.inError}`
    ) {
      throw new PromiseBroken(
        'P10',
        P10,
        `${event.target} is shown in ${event.state}, which incarnation ${event.incarnation} never told`,
      );
    }
    if (event.kind === 'answered' && event.answer === 'executed') isExecuted(event, lifeOf, executed);
    if (event.kind === 'journaled' && event.record.kind === 'accepted')
      operations.set(event.journalId, event.record.operation.incarnations);
    if (event.kind === 'restored' && event.state.open !== undefined) {
      operations.set(event.journalId, event.state.open.operation.incarnations);
    }
    if (event.kind === 'journaled' && event.record.kind === 'declaredGone')
      declared.add(event.record.incarnation);
    if (event.kind === 'journaled' && event.record.kind === 'waveDone') {
      for (const trouble of event.record.troubles) {
        if (trouble.kind !== 'gone') continue;
        const dash = trouble.target.lastIndexOf('-');
        const incarnation =
          operations.get(event.journalId)?.[trouble.target.slice(0, dash)]?.[
            Number(trouble.target.slice(dash + 1))
          ] ?? '';
        const life = lifeOf.get(incarnation);
        if (
          declared.has(incarnation) ||
          forgotten.has(incarnation) ||
          life === undefined ||
          endedLives.has(life)
        )
          continue;
        throw new PromiseBroken(
          'P10',
          P10,
          `${trouble.target} (${incarnation}) is called gone while its process lives`,
        );
      }
    }
  };
}

const P10 =
  'The reported state of a target is the last observation of that incarnation, never inferred from what was sent.';

function isExecuted(
  event: Extract<HistoryEvent, { kind: 'answered' }>,
  lifeOf: ReadonlyMap<string, string>,
  executed: ReadonlySet<string>,
): void {
  const { token, incarnation, target } = event;
  const life = lifeOf.get(incarnation) ?? '';
  if (executed.has(`${life}:${token.operationNumber}:${token.step}:${token.operationId}`)) return;
  throw new PromiseBroken(
    'P10',
    P10,
    `${target} (${incarnation}) answered executed for operation ${token.operationNumber} step ${token.step}, but its process did not`,
  );
}

/** P15 clean end. */
export function cleanEnd(): Oracle {
  const begun = new Map<string, Set<string>>();
  const stopping = new Map<string, string>();
  const lastOf = new Map<string, string>();
  const sentence =
    'Per run and incarnation each step of the stop path starts at most once; never "stopped" without the process\'s own word.';
  return (event) => {
    if (event.kind === 'localStop')
      stopping.set(event.life, event.joins === undefined ? '' : tokenText(event.joins));
    if (event.kind === 'returned') stopping.delete(event.life);
    if (event.kind === 'preStopAnswered' && event.late)
      throw new PromiseBroken(
        'P15',
        sentence,
        `the preStop hook of ${event.life} was answered after grace − margin`,
      );
    if (event.kind === 'preStopAnswered' && event.clean && !event.atRest)
      throw new PromiseBroken('P15', sentence, `${event.life} was called stopped but is not at rest`);
    if (event.kind === 'hookEnded' && event.refused)
      begun.get(event.life)?.delete(lastOf.get(event.life) ?? '');
    if (event.kind !== 'hookStarted') return;
    lastOf.set(event.life, event.transition);
    const joins = stopping.get(event.life);
    if (event.journalId !== '' && joins !== undefined && joins !== tokenText(event.token))
      throw new PromiseBroken(
        'P15',
        sentence,
        `${event.target} took ${event.transition} of a coordinator while its sidecar was stopping it`,
      );
    const key = event.life;
    if (!event.stopPath) {
      begun.delete(key);
      return;
    }
    const steps = begun.get(key) ?? new Set();
    if (steps.has(event.transition))
      throw new PromiseBroken(
        'P15',
        sentence,
        `${event.transition} of run ${event.runNumber} started twice at ${event.target}`,
      );
    begun.set(key, steps.add(event.transition));
  };
}

/** P16 nothing lost. */
export function nothingLost(): Oracle {
  const counts = new Map<string, Extract<HistoryEvent, { kind: 'counted' }>>();
  return (event) => {
    if (event.kind === 'restored') counts.clear();
    if (event.kind === 'counted') counts.set(`${event.journalId}:${event.runNumber}`, event);
    if (event.kind !== 'journaled' || event.record.kind !== 'finished' || event.record.run?.clean !== true)
      return;
    const count = counts.get(`${event.journalId}:${event.record.run.number}`);
    if (count === undefined || count.readOut === count.written) return;
    throw new PromiseBroken(
      'P16',
      "If a run's end is recorded clean, every fragment read out is in the files exactly once.",
      `run ${event.record.run.number}: ${count.readOut} read out, ${count.written} written`,
    );
  };
}

/** P17 one hook. */
export function oneHook(): Oracle {
  const running = new Map<string, string>();
  const lifeOf = new Map<string, string>();
  const sentence =
    'At most one hook runs per incarnation; failed and interrupted are answered only once it has ended.';
  return (event) => {
    if (event.kind === 'lived') lifeOf.set(event.incarnation, event.life);
    if (event.kind === 'ended') running.delete(event.life);
    if (event.kind === 'hookEnded') running.delete(event.life);
    if (event.kind === 'hookStarted') {
      const other = running.get(event.life);
      if (other !== undefined)
        throw new PromiseBroken(
          'P17',
          sentence,
          `${event.transition} started at ${event.target} while ${other} ran`,
        );
      running.set(event.life, tokenText(event.token));
    }
    if (event.kind === 'answered' && (event.answer === 'failed' || event.answer === 'interrupted')) {
      if (running.get(lifeOf.get(event.incarnation) ?? '') !== tokenText(event.token)) return;
      throw new PromiseBroken('P17', sentence, `${event.target} answered ${event.answer} while its hook ran`);
    }
  };
}

function tokenText(token: {
  readonly operationNumber: number;
  readonly step: number;
  readonly operationId: string;
}): string {
  return `${token.operationNumber}/${token.step} of ${token.operationId}`;
}

function isLower(
  a: Extract<HistoryEvent, { kind: 'fenced' }>,
  b: Extract<HistoryEvent, { kind: 'fenced' }>,
): boolean {
  return (
    a.epoch < b.epoch ||
    a.operationNumber < b.operationNumber ||
    (a.operationNumber === b.operationNumber && a.step < b.step)
  );
}

function text(fence: Extract<HistoryEvent, { kind: 'fenced' }>): string {
  return `(${fence.epoch}, ${fence.operationNumber}, ${fence.step})`;
}
