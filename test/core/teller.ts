// Reads a transcript: a command a line, blank lines and # comments free. Tells what the core decides.

import { commit, decide, initialCore, observe } from '../../coordinator/core/core.ts';
import { pendingMachine } from '../../coordinator/core/document.ts';
import { apply, emptyJournal } from '../../coordinator/core/journal-state.ts';
import type { JournalRecord } from '../../coordinator/core/model/journal.ts';
import type { Command, Trouble, Wave } from '../../coordinator/core/model/operation.ts';
import type {
  Incarnation,
  OperationId,
  Partition,
  Segment,
  Target,
} from '../../coordinator/core/model/partition.ts';
import type { Core, PodFacts, ReportedState, Token } from '../../coordinator/core/model/picture.ts';
import type { Deadline, DownMessage, Effect, Event, Response } from '../../coordinator/core/model/turn.ts';
import { partitionState } from '../../coordinator/core/plan/members.ts';
import { builtinMachine } from '../../protos/machine/builtin.ts';
import { machineHash } from '../../protos/machine/hash.ts';

type Words = readonly string[];

/** Runs transcripts against one core. */
export class Teller {
  #core: Core | undefined;
  #records: JournalRecord[] = [];
  #deadline: Deadline | undefined;
  #clock = 0;
  readonly #numbers = new Map<Target, number>();

  /** What the core answers to one command, line by line. */
  tell(line: string): readonly string[] {
    const [verb = '', ...words] = line.split(' ').filter((word) => word !== '');
    if (verb === 'partition') return this.#partition(words);
    if (verb === 'takeover') return this.#takeover(words);
    if (verb === 'lead') return this.#heard(this.#turn(this.#event(verb, words)), words);
    if (verb === 'targets') return [`${[...this.#here().fleet.keys()].join(' ')}${this.#machineText()}`];
    if (verb === 'state') return [partitionState(this.#here())];
    return this.#turn(this.#event(verb, words));
  }

  #partition(words: Words): readonly string[] {
    this.#core = initialCore(partitionOf(words), emptyJournal);
    return [...this.#core.fleet.keys()];
  }
  /** Another process replays the journal and leads; it has seen nothing yet. */
  #takeover(words: Words): readonly string[] {
    const { wanted } = this.#here();
    this.#core = initialCore(wanted, this.#records.reduce(apply, emptyJournal));
    return this.#heard(this.#turn({ type: 'lead', newJournalId: 'unused' }), words);
  }

  /** Whatever is asked is planned at once, as if all had been heard of, but with `hearing`. */
  #heard(told: readonly string[], words: Words): readonly string[] {
    if (words.includes('hearing')) return told;
    return [...told.filter((line) => !line.startsWith('hear ')), ...this.#turn({ type: 'heardEnough' })];
  }

  #turn(event: Event): readonly string[] {
    this.#clock += 1;
    const now = { monotonicMs: this.#clock, wallMs: this.#clock };
    const core = this.#here();
    observe(core, event, now);
    const decision = decide(core, event, now);
    this.#core = commit(core, decision);
    this.#records.push(...decision.records);
    for (const effect of decision.effects) if (effect.type === 'arm') this.#deadline = effect.deadline;
    const told = [...decision.records.map(recordLine), ...effectLines(decision.effects)];
    const again = decision.effects.flatMap((effect) => (effect.type === 'takeNext' ? [effect.event] : []));
    return [...told, ...again.flatMap((asked) => this.#turn(asked))];
  }

  #event(verb: string, words: Words): Event {
    const target = (words[0] ?? '') as Target;
    switch (verb) {
      case 'lead':
        return { type: 'lead', newJournalId: 'j1' };
      case 'submit':
        return {
          type: 'submit',
          caller: 1,
          id: target as string as OperationId,
          command: commandOf(words.slice(1)),
          highestSeen: seen(words),
          operator: 'crew',
        };
      case 'cancel':
        return { type: 'cancel', caller: 1, id: words[0] ?? '' };
      case 'welcome':
        return this.#welcome(target, words);
      case 'report':
        return { type: 'state', target, state: this.#reported(target, words) };
      case 'answer':
        return this.#answer(target, words);
      case 'settled':
        return {
          type: 'settled',
          target,
          incarnation: incarnationOf(target, words),
          doing: words.includes('busy') ? this.#token() : undefined,
          operationNumber: this.#token().operationNumber,
          step: this.#token().step,
        };
      case 'disconnect':
        return { type: 'disconnected', target, cause: 'the stream broke' };
      case 'pod':
        return {
          type: 'pod',
          target,
          pod: optionOf(words, 'pod') ?? `${target}a`,
          phase: (words[1] ?? 'running') as 'running',
          ...factsOf(words),
        };
      case 'leaving':
        return {
          type: 'leaving',
          target,
          incarnation: incarnationOf(target, words),
          done: words.includes('done'),
          clean: !words.includes('unclean'),
        };
      case 'heard-enough':
        return { type: 'heardEnough' };
      case 'document':
        return { type: 'document', partition: partitionOf(words) };
      case 'deadline':
        if (this.#deadline === undefined) throw new Error('no deadline is armed');
        return { type: 'deadline', deadline: this.#deadline };
      default:
        throw new Error(`no command ${verb}`);
    }
  }

  #welcome(target: Target, words: Words): Event {
    const epoch = Number(optionOf(words, 'epoch') ?? this.#here().journal.epoch);
    const operationNumber = Number(optionOf(words, 'number') ?? 0);
    const journalId = optionOf(words, 'journal') ?? this.#here().journal.journalId;
    return {
      type: 'welcome',
      target,
      journalId,
      foreign: journalId !== this.#here().journal.journalId,
      fence: { epoch, operationNumber, step: 0 },
      machineHash: this.#here().partition.machineHash,
      last: undefined,
      state: this.#reported(target, words),
    };
  }

  #answer(target: Target, words: Words): Event {
    const [, kind = 'executed', code = ''] = words;
    const incarnation = incarnationOf(target, words);
    const answer = {
      token: this.#token(),
      incarnation,
      kind: kind as 'executed',
      code: kind === 'refused' ? code : '',
      cause: kind === 'executed' ? '' : 'as the transcript says',
    };
    const group = this.#presentWave().find((candidate) => target.startsWith(`${candidate.segment}-`));
    const moved = kind === 'executed' || words.includes('arrived');
    const ordinary = moved ? (group?.to ?? '') : (group?.from ?? '');
    // Of recover no plan knows where it leads: `in=STATE`.
    const found = words.find((word) => word.startsWith('in='))?.slice('in='.length);
    const state = kind === 'interrupted' ? 'unknown' : (found ?? ordinary);
    const inError = kind === 'failed' || kind === 'interrupted';
    return {
      type: 'answer',
      target,
      answer,
      state: this.#reported(target, [target, state, ...(inError ? ['error'] : []), ...words]),
    };
  }

  #reported(target: Target, words: Words): ReportedState {
    const number = (this.#numbers.get(target) ?? 0) + 1;
    this.#numbers.set(target, number);
    return {
      incarnation: incarnationOf(target, words),
      stateNumber: number,
      state: words[1] === 'unknown' ? '' : (words[1] ?? ''),
      inError: words.includes('error'),
      attached: !words.includes('detached'),
      doing: undefined,
      doingTransition: '',
      leaving: words.includes('leaving'),
      cause: '',
    };
  }

  #token(): Token {
    const { open, unknown } = this.#here().journal;
    if (open !== undefined)
      return { operationNumber: open.operation.number, step: open.step, operationId: open.operation.id };
    const [part] = Object.values(unknown);
    return { operationNumber: part?.number ?? 0, step: part?.step ?? 0, operationId: '' };
  }

  #presentWave(): Wave {
    const { open } = this.#here().journal;
    return open?.operation.steps[open.step]?.waves[open.wave] ?? [];
  }

  #machineText(): string {
    const pending = pendingMachine(this.#here());
    return `, ${this.#here().partition.machine.name}${pending === undefined ? '' : `, later ${pending.name}`}`;
  }

  #here(): Core {
    if (this.#core === undefined) throw new Error('a transcript begins with: partition');
    return this.#core;
  }
}

/** `minimal a:3 b:1 leave=leave` */
function partitionOf([machineName = '', ...words]: Words): Partition {
  const machine = builtinMachine(machineName);
  if (machine === undefined) throw new Error(`no machine ${machineName}`);
  return {
    name: 'p',
    machine,
    machineHash: machineHash(machine),
    segments: words.filter((word) => !word.startsWith('leave=')).map(segmentOf),
    leavePolicy: words.includes('leave=leave') ? 'leave' : 'stopRun',
  };
}

/** `readout:4`, `readout:4,spare=1` (not critical, one may be missing), `readout:4,ascending`, `readout:4,batches=2`. */
function segmentOf(word: string): Segment {
  const [head = '', ...options] = word.split(',');
  const [name = '', count = '1'] = head.split(':');
  const members = Number(count);
  const spare = Number(options.find((option) => option.startsWith('spare='))?.slice(6) ?? 0);
  const batches = options.find((option) => option.startsWith('batches='))?.slice(8);
  const order =
    batches !== undefined
      ? { batches: Number(batches) }
      : options.includes('ascending')
        ? 'ascending'
        : options.includes('descending')
          ? 'descending'
          : 'together';
  return { name, members, critical: spare === 0, minMembers: members - spare, order };
}

/** `says=killed_by_SIGKILL restarts=3 node=daq1` */
function factsOf(words: Words): { facts?: PodFacts } {
  const sentence = optionOf(words, 'says')?.replaceAll('_', ' ');
  if (sentence === undefined) return {};
  const restarts = Number(optionOf(words, 'restarts') ?? 0);
  return { facts: { sentence, node: optionOf(words, 'node') ?? '', restarts } };
}

function commandOf(words: Words): Command {
  const [kind = '', name = '', ...rest] = words.filter((word) => !word.startsWith('seen='));
  if (kind === 'goto') {
    const targets = rest.filter((word) => word.startsWith('to=')).map((word) => word.slice('to='.length));
    const values = argumentsOf(rest.filter((word) => !word.startsWith('to=')));
    return { kind: 'goTo', state: name, arguments: values, ...(targets.length === 0 ? {} : { targets }) };
  }
  if (kind === 'recover' || kind === 'adopt' || kind === 'leave') return { kind, targets: words.slice(1) };
  if (kind === 'declare-gone') return { kind: 'declareGone', targets: words.slice(1) };
  return { kind: kind === 'sequence' ? 'sequence' : 'transition', name, arguments: argumentsOf(rest) };
}

function argumentsOf(words: Words): Record<string, string | number> {
  return Object.fromEntries(
    words.map((word) => {
      const [name = '', value = ''] = word.split('=');
      return [name, Number.isNaN(Number(value)) ? value : Number(value)];
    }),
  );
}

function incarnationOf(target: Target, words: Words): Incarnation {
  return `${optionOf(words, 'pod') ?? `${target}a`}.${optionOf(words, 'life') ?? '1'}` as Incarnation;
}

function seen(words: Words): number {
  return Number(optionOf(words, 'seen') ?? Number.MAX_SAFE_INTEGER);
}

function optionOf(words: Words, name: string): string | undefined {
  return words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
}

function recordLine(record: JournalRecord): string {
  switch (record.kind) {
    case 'accepted': {
      const { number, id, title, runNumber, steps, leftOut } = record.operation;
      const planned = steps.map((step) => `    ${step.transition}: ${step.waves.map(waveText).join(' | ')}`);
      const out = leftOut.map((trouble) => `    without ${trouble.target}: ${trouble.cause}`);
      return [`record accepted ${number} ${id} "${title}" run=${runNumber}`, ...planned, ...out].join('\n');
    }
    case 'waveDone': {
      const troubles = record.troubles.map(
        (t) => `\n    ${t.target} ${t.kind}: ${t.cause}${decisionText(t)}`,
      );
      return `record waveDone ${record.number} step=${record.step} wave=${record.wave}${troubles.join('')}`;
    }
    case 'finished': {
      const run =
        record.run === undefined
          ? ''
          : ` run ${record.run.number} ${record.run.clean ? 'clean' : `unclean: ${record.run.cause}`}`;
      const unknown = record.unknown.length === 0 ? '' : ` unknown=${record.unknown.join(',')}`;
      return `record finished ${record.number} ${record.outcome}${record.cause === '' ? '' : `: ${record.cause}`}${unknown}${run}`;
    }
    case 'machine':
      return `record machine ${record.table.name}`;
    case 'runAbandoned':
      return `record runAbandoned ${record.run.number}: ${record.run.cause}`;
    default: {
      const { kind, ...rest } = record;
      return `record ${kind} ${Object.values(rest).join(' ')}`;
    }
  }
}

function decisionText({ excluded, stopsOn }: Trouble): string {
  if (stopsOn) return ' (stops on)';
  return excluded ? ' (goes on without it)' : '';
}

function waveText(wave: Wave): string {
  return wave
    .map(
      ({ segment, ordinals, from, to }) =>
        `${segment}[${ordinals.map(([a, b]) => (a === b ? a : `${a}-${b}`)).join(',')}] ${from}>${to}`,
    )
    .join(' + ');
}

function effectLines(effects: readonly Effect[]): readonly string[] {
  return effects.map(effectLine);
}

function effectLine(effect: Effect): string {
  switch (effect.type) {
    case 'send':
      return `send ${effect.target} ${messageText(effect.message)}`;
    case 'arm': {
      const { number, step, wave, phase } = effect.deadline;
      return `arm wave ${number}/${step}/${wave} phase ${phase} in ${effect.afterMs} ms`;
    }
    case 'respond':
      return responseText(effect.response);
    case 'hear':
      return `hear in ${effect.afterMs} ms`;
    case 'takeNext':
      return effect.event.type === 'submit' ? `take next ${effect.event.id}` : 'take next the leavers';
    case 'connect':
      return `connect ${effect.target}`;
    case 'follow':
      return `follow ${effect.targets.join(' ')}`;
    case 'connectAll':
      return 'connect all';
  }
}

function messageText(message: DownMessage): string {
  if (message.type === 'leave') return `leave ${message.verdict}`;
  if (message.type === 'podFacts') return `podFacts "${message.sentence}" ${message.restarts}`;
  if (message.type !== 'request') return `${message.type} ${message.operationNumber}/${message.step}`;
  const { transition, token } = message.request;
  return `request ${transition} ${token.operationNumber}/${token.step}`;
}

function responseText(response: Response): string {
  if (response.kind === 'operation') return `respond operation ${response.id}`;
  const problems = response.problems.map((p) => `    ${p.path}: want ${p.want}, got ${p.got}`);
  return [`respond ${response.code}: ${response.sentence}`, ...problems].join('\n');
}
