// Bugs as people make them, each planted in one place of the rules. A world that does not find them all is
// too kind.

import { decide as productDecide } from '../../coordinator/core/core.ts';
import type { JournalRecord } from '../../coordinator/core/model/journal.ts';
import type { Core } from '../../coordinator/core/model/picture.ts';
import type {
  Effect as CoreEffect,
  Event as CoreEvent,
  Decision,
  Following,
} from '../../coordinator/core/model/turn.ts';
import { plan } from '../../coordinator/core/plan/plan.ts';
import { podOf } from '../../coordinator/core/targets.ts';
import type { Event, Memory, Reaction, Sidecar } from '../../sidecar/rules/model.ts';
import { react as productReact } from '../../sidecar/rules/react.ts';
import { PRODUCT, type Rules } from './rules.ts';

/** Each bug by the words of promises.md. */
export const PLANTED: Readonly<Record<string, () => Rules>> = {
  'send before journal': () => ({ ...PRODUCT, sendsBeforeAppend: true }),
  'respond before durable': () => ({ ...PRODUCT, respondsBeforeAppend: true }),
  'no fence': () => react((sidecar, event) => productReact(unfenced(sidecar, event), event)),
  'fence by epoch only': () =>
    react((sidecar, event) =>
      event.type === 'request' ? productReact(unfenced(sidecar, event), event) : productReact(sidecar, event),
    ),
  'fence without step': () => react((sidecar, event) => productReact(stepless(sidecar, event), event)),
  'fence kept in memory': () => ({
    ...PRODUCT,
    load: (memory) => ({ ...memory, fence: { ...memory.fence, operationNumber: 0, step: 0 }, closed: false }),
  }),
  'no token': () => react((sidecar, event) => productReact(tokenless(sidecar, event), event)),
  'token without incarnation': () => react(withoutIncarnation),
  'incarnation per sidecar boot': () => ({
    ...PRODUCT,
    incarnation: (podUid, memoryId, life, boot) =>
      `${podUid}.${memoryId}-${boot}-${life.slice(life.indexOf('#') + 1)}`,
  }),
  'rerun of doing': () => react(rerun),
  'append without compare-and-swap': () => ({ ...PRODUCT, compareAndSwap: false }),
  'blind re-append': () => ({ ...PRODUCT, readsBack: false }),
  'no re-ask': () =>
    decide((_, event, decision) => (REASKS.has(event.type) ? withoutAsking(decision) : decision)),
  'finish on the first refusal without settling': () => ({ ...PRODUCT, see: firstRefusalSettles }),
  'settle acknowledged before it is persisted': () => ({
    ...PRODUCT,
    actsBeforePersist: (event) => event.type === 'settle',
  }),
  'exclusion without settle': () =>
    decide((_, __, decision) => ({ ...decision, records: decision.records.map(unknownAsFailed) })),
  'timeout counted as success': () =>
    decide((_, __, decision) => ({ ...decision, records: decision.records.map(unknownAsDone) })),
  'local stop without closing the fence': () =>
    react((sidecar, event) => productReact(stillServing(sidecar, event), event)),
  'stop path run twice': () => react((sidecar, event) => productReact(forgetful(sidecar), event)),
  'plan made anew at takeover': () => ({ ...PRODUCT, takeOver: planAnew }),
  'expired id accepted': () => ({
    ...PRODUCT,
    see: (_, event) => (event.type === 'submit' ? { ...event, highestSeen: Number.MAX_SAFE_INTEGER } : event),
  }),
  'settle does not close its step': () =>
    react((sidecar, event) => reopened(sidecar, event, productReact(sidecar, event))),
  'interrupted while the hook runs': () =>
    react((sidecar, event) => productReact(sidecar, busyAsIdle(sidecar, event))),
  'a call outlives its attachment': () => ({ ...PRODUCT, callOutlivesAttachment: true }),
  'a wave not sent is taken as not present': notSentNotPresent,
  'a replacement pod taken as proof of the end': () => ({ ...PRODUCT, see: replacementIsProof }),
  'a remembered answer given to another operation id': () => ({
    ...react((sidecar, event) => productReact(anyId(sidecar, event), event)),
    see: numbersNotRaised,
  }),
  'proof accepted from an unknown source': () =>
    react((sidecar, event) => productReact(sidecar, provenFromUnknown(sidecar, event))),
  'arrival accepted as proof of a stop step': () =>
    react((sidecar, event) => productReact(sidecar, provenByArrival(sidecar, event))),
  'plan before everybody was heard of': () => ({
    ...PRODUCT,
    observe: (core, event, now) => {
      PRODUCT.observe(core, event, now);
      core.hearing.clear();
    },
  }),
  'members dropped while named': () =>
    document(({ targets, departing, ...following }) => ({
      ...following,
      targets: targets.filter((target) => !departing.has(target)),
      departing: new Set(),
    })),
  'members never dropped': () =>
    document((following, core) => ({
      ...following,
      targets: [...new Set([...following.targets, ...core.fleet.keys()])],
    })),
  'another machine taken in a run': () =>
    document((following) => ({ ...following, partition: following.wanted })),
  'another machine taken by a new leader in a run': () => ({
    ...PRODUCT,
    takeOver: (core) => ({ ...core, partition: core.wanted }),
  }),
};

// ---- how a bug is planted -----------------------------------------------------------------------------

function react(changed: Rules['react']): Rules {
  return { ...PRODUCT, react: changed };
}

function decide(change: (core: Core, event: CoreEvent, decision: Decision) => Decision): Rules {
  return { ...PRODUCT, decide: (core, event, now) => change(core, event, productDecide(core, event, now)) };
}

function document(change: (following: Following, core: Core) => Following): Rules {
  return decide((core, _, decision) => {
    if (decision.document === undefined) return decision;
    const following = change(decision.document, core);
    const effects = decision.effects.map((effect) =>
      effect.type === 'follow' ? { ...effect, targets: following.targets } : effect,
    );
    return { ...decision, document: following, effects };
  });
}

function withMemory(sidecar: Sidecar, changed: Partial<Memory>): Sidecar {
  return { ...sidecar, memory: { ...sidecar.memory, ...changed } };
}

// ---- the sidecar's ------------------------------------------------------------------------------------

function isSameRequest({ memory }: Sidecar, event: Extract<Event, { type: 'request' }>): boolean {
  const { last } = memory;
  const { token } = event.request;
  return last?.token.operationNumber === token.operationNumber && last.token.step === token.step;
}

function unfenced(sidecar: Sidecar, event: Event): Sidecar {
  if (event.type === 'request' && isSameRequest(sidecar, event)) return sidecar;
  if (event.type !== 'request' && event.type !== 'hello') return sidecar;
  const epoch = event.type === 'hello' ? 0 : sidecar.memory.fence.epoch;
  return withMemory(sidecar, { fence: { epoch, operationNumber: 0, step: 0 }, closed: false });
}

function stepless(sidecar: Sidecar, event: Event): Sidecar {
  const { fence } = sidecar.memory;
  if (event.type !== 'request' || isSameRequest(sidecar, event)) return sidecar;
  if (event.request.token.operationNumber !== fence.operationNumber) return sidecar;
  return withMemory(sidecar, { fence: { ...fence, step: -1 }, closed: false });
}

function tokenless(sidecar: Sidecar, event: Event): Sidecar {
  if (event.type !== 'request' || !isSameRequest(sidecar, event) || sidecar.memory.last?.answer === undefined)
    return sidecar;
  const { from } = event.request;
  return withMemory(sidecar, {
    last: undefined,
    closed: false,
    stopBegun: [],
    value: { state: from, error: false, doing: '' },
  });
}

function withoutIncarnation(sidecar: Sidecar, event: Event): Reaction {
  if (event.type === 'request') {
    const request = { ...event.request, incarnation: sidecar.memory.incarnation };
    return productReact(sidecar, { ...event, request });
  }
  const before = sidecar.memory;
  const reaction = productReact(sidecar, event);
  const { incarnation } = reaction.sidecar.memory;
  if (event.type !== 'attached' || incarnation === before.incarnation || before.last?.answer === undefined)
    return reaction;
  const last = { ...before.last, incarnation, answer: { ...before.last.answer, incarnation } };
  return { ...reaction, sidecar: withMemory(reaction.sidecar, { last }) };
}

function rerun(sidecar: Sidecar, event: Event): Reaction {
  const { last, incarnation, runNumber } = sidecar.memory;
  const found = event.type === 'attached' && sidecar.hook === undefined && event.incarnation === incarnation;
  if (!found || last === undefined || last.answer !== undefined) return productReact(sidecar, event);
  const { token, transition, from, to } = last;
  const hook = {
    token,
    transition,
    owner: 'coordinator' as const,
    awaits: 'answer' as const,
    overran: false,
  };
  const { attachment } = event;
  return {
    sidecar: { ...sidecar, attachment, hook },
    effects: [
      {
        type: 'perform',
        attachment,
        token,
        transition,
        argumentsJson: '{}',
        from,
        to,
        budgetMs: 400,
        runNumber,
      },
    ],
  };
}

function stillServing(sidecar: Sidecar, event: Event): Sidecar {
  return event.type === 'request' && sidecar.memory.leaving !== 'no'
    ? withMemory(sidecar, { leaving: 'no' })
    : sidecar;
}

function forgetful(sidecar: Sidecar): Sidecar {
  return sidecar.memory.stopBegun.length === 0 ? sidecar : withMemory(sidecar, { stopBegun: [] });
}

function reopened(before: Sidecar, event: Event, reaction: Reaction): Reaction {
  const closes = event.type === 'settle' && reaction.sidecar.memory.fence !== before.memory.fence;
  return closes ? { ...reaction, sidecar: withMemory(reaction.sidecar, { closed: false }) } : reaction;
}

function busyAsIdle({ memory }: Sidecar, event: Event): Event {
  const running = memory.last !== undefined && memory.last.answer === undefined;
  return event.type === 'attached' && running
    ? { ...event, process: { ...event.process, busy: undefined } }
    : event;
}

function anyId(sidecar: Sidecar, event: Event): Sidecar {
  const { last } = sidecar.memory;
  if (event.type !== 'request' || last?.answer === undefined || !isSameRequest(sidecar, event))
    return sidecar;
  const { token } = event.request;
  return withMemory(sidecar, { last: { ...last, token, answer: { ...last.answer, token } } });
}

/** An idle process is somewhere: taken as proof that what brought it there from nowhere was done. */
function provenFromUnknown({ memory }: Sidecar, event: Event): Event {
  const { last } = memory;
  const running = last !== undefined && last.answer === undefined && last.from === '';
  if (event.type !== 'attached' || !running || event.process.busy !== undefined) return event;
  return { ...event, process: { ...event.process, executed: last.token } };
}

/** Where a stop step leads: taken as proof that it was done, though who failed it may be there as well. */
function provenByArrival({ memory }: Sidecar, event: Event): Event {
  const { last } = memory;
  if (event.type !== 'attached' || last === undefined || last.answer !== undefined) return event;
  const arrived = event.process.busy === undefined && event.process.state === last.to && last.from !== '';
  return arrived ? { ...event, process: { ...event.process, executed: last.token } } : event;
}

// ---- the coordinator's --------------------------------------------------------------------------------

const REASKS = new Set(['welcome', 'deadline', 'state', 'lead']);

function withoutAsking(decision: Decision): Decision {
  const asks = (effect: CoreEffect) =>
    effect.type === 'send' && (effect.message.type === 'request' || effect.message.type === 'settle');
  return { ...decision, effects: decision.effects.filter((effect) => !asks(effect)) };
}

function firstRefusalSettles(_: Core, event: CoreEvent): CoreEvent {
  if (event.type !== 'answer' || event.answer.kind !== 'refused') return event;
  return { ...event, answer: { ...event.answer, code: 'NOT_ALLOWED' } };
}

function unknownAsFailed(record: JournalRecord): JournalRecord {
  if (record.kind !== 'waveDone') return record;
  return {
    ...record,
    troubles: record.troubles.map((trouble) =>
      trouble.kind === 'unknown' ? { ...trouble, kind: 'failed' } : trouble,
    ),
  };
}

function unknownAsDone(record: JournalRecord): JournalRecord {
  if (record.kind !== 'waveDone') return record;
  return { ...record, troubles: record.troubles.filter((trouble) => trouble.kind !== 'unknown') };
}

/** A new leader looks at the fleet and the document of now instead of at what was frozen. */
function planAnew(core: Core): Core {
  const { open } = core.journal;
  if (open === undefined || open.operation.command.kind !== 'sequence') return core;
  const planned = plan({ ...core, journal: { ...core.journal, open: undefined } }, open.operation.command);
  const steps = planned.kind === 'planned' ? planned.operation.steps : editedSteps(core);
  return {
    ...core,
    journal: { ...core.journal, open: { ...open, operation: { ...open.operation, steps } } },
  };
}

function editedSteps({ journal }: Core): NonNullable<Core['journal']['open']>['operation']['steps'] {
  return (journal.open?.operation.steps ?? []).map((step) => ({ ...step, waves: step.waves.toReversed() }));
}

/** A wave of which this leader sent nothing is not waited for when it is cancelled. */
function notSentNotPresent(): Rules {
  const sent = new WeakMap<Core['fleet'], Set<string>>();
  const sentBy = (core: Core) => {
    const known = sent.get(core.fleet) ?? new Set<string>();
    sent.set(core.fleet, known);
    return known;
  };
  return {
    ...PRODUCT,
    decide: (core, event, now) => {
      const { open } = core.journal;
      const cancelled = event.type === 'cancel' || open?.cancelRequested === true;
      for (const target of cancelled ? (core.progress?.pending.keys() ?? []) : []) {
        if (!sentBy(core).has(`${core.progress?.number}:${core.progress?.step}:${target}`))
          core.progress?.pending.delete(target);
      }
      const decision = productDecide(core, event, now);
      for (const effect of decision.effects) {
        if (effect.type !== 'send' || effect.message.type !== 'request') continue;
        const { operationNumber, step } = effect.message.request.token;
        sentBy(core).add(`${operationNumber}:${step}:${effect.target}`);
      }
      return decision;
    },
  };
}

/** Another pod under the same name says nothing about the process of the one before. */
function replacementIsProof(core: Core, event: CoreEvent): CoreEvent {
  if (event.type !== 'welcome' || event.foreign) return event;
  const named = core.progress?.pending.get(event.target)?.incarnation;
  if (named === undefined || podOf(named) === podOf(event.state.incarnation)) return event;
  return { type: 'pod', target: event.target, pod: podOf(named), phase: 'ended' };
}

/** Numbers that sidecars tell of a lost part of the journal are not heeded. */
function numbersNotRaised({ journal }: Core, event: CoreEvent): CoreEvent {
  if (event.type !== 'welcome') return event;
  const operationNumber = Math.min(event.fence.operationNumber, journal.operationNumber);
  return { ...event, fence: { ...event.fence, operationNumber } };
}
