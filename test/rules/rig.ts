// A sidecar's rules by hand: one event after the other, and what came of it.

import { machineHash } from '../../protos/machine/hash.ts';
import type { Machine } from '../../protos/machine/table.ts';
import { compileMachine } from '../../sidecar/machine/compile.ts';
import { freshMemory, initialSidecar } from '../../sidecar/rules/memory.ts';
import type {
  Effect,
  Event,
  Memory,
  ProcessState,
  Sidecar,
  TakenRequest,
  Token,
} from '../../sidecar/rules/model.ts';
import { react } from '../../sidecar/rules/react.ts';

/** One sidecar with its stream and its process. */
export class Rig {
  sidecar: Sidecar;
  /** Everything that was done since `take` was last called. */
  #effects: Effect[] = [];
  readonly #hash: string;

  constructor(machine: Machine, preStopAnswerMs = 60_000) {
    this.#hash = machineHash(machine);
    this.sidecar = initialSidecar(
      {
        target: 'a-0',
        partition: 'p',
        podUid: 'pod',
        compiled: compileMachine(machine),
        machineHash: this.#hash,
        preStopAnswerMs,
      },
      freshMemory('memory'),
    );
  }

  /** Goes through the rules. */
  on(event: Event): this {
    const { sidecar, effects } = react(this.sidecar, event);
    this.sidecar = sidecar;
    this.#effects.push(...effects);
    return this;
  }

  hello(epoch = 1, closedThrough = 0, journalId = 'j', adoptedFrom = ''): this {
    return this.on({ type: 'hello', stream: epoch, journalId, epoch, closedThrough, adoptedFrom });
  }

  attach(state: string, more: Partial<ProcessState> & { life?: string; id?: number } = {}): this {
    const { life = '1', id = 1, ...process } = more;
    return this.on({
      type: 'attached',
      attachment: { id, startId: life },
      incarnation: `pod.${life}`,
      process: { state, busy: undefined, executed: undefined, trouble: '', ...process },
    });
  }

  ask(
    operationNumber: number,
    transition: string,
    from: string,
    to: string,
    more: Partial<TakenRequest> = {},
  ): this {
    const token = tokenOf(operationNumber);
    const stream = this.sidecar.stream?.id ?? 0;
    const request = {
      token,
      incarnation: 'pod.1',
      machineHash: this.#hash,
      transition,
      argumentsJson: '{}',
      from,
      to,
      budgetMs: 1_000,
      stopPath: false,
      runNumber: 1,
      ...more,
    };
    return this.on({ type: 'request', stream, request });
  }

  /** The process answers what it was last asked. */
  ends(state: string, outcome: 'executed' | 'refused' | 'failed' = 'executed'): this {
    const { hook, attachment } = this.sidecar;
    if (hook === undefined || attachment === undefined) throw new Error('no hook runs');
    return this.on({
      type: 'hookEnded',
      attachment: attachment.id,
      token: hook.token,
      outcome,
      state,
      cause: '',
    });
  }

  /** The sidecar dies and starts again with what it had persisted. */
  restart(memory: Memory = this.sidecar.memory): this {
    this.sidecar = initialSidecar(this.sidecar.settings, memory);
    return this;
  }

  /** With how many milliseconds each timer was armed since `take` was last called. */
  armed(): Readonly<Record<string, number>> {
    const arms = this.#effects.flatMap((effect) => (effect.type === 'arm' ? [effect] : []));
    return Object.fromEntries(arms.map(({ timer, afterMs }) => [timer, afterMs]));
  }

  /** What was done since the last time, as short words. */
  take(): readonly string[] {
    const words = this.#effects.flatMap(wordOf);
    this.#effects = [];
    return words;
  }
}

/** Token of step 0 of an operation. */
export function tokenOf(operationNumber: number, step = 0): Token {
  return { operationNumber, step, operationId: `op-${operationNumber}` };
}

function wordOf(effect: Effect): readonly string[] {
  switch (effect.type) {
    case 'perform':
      return [`perform ${effect.transition}`];
    case 'answerPreStop':
      return [`preStop ${effect.clean ? 'clean' : 'unclean'}: ${effect.sentence}`];
    case 'send':
      return effect.message.type === 'answer'
        ? [
            `${effect.message.answer.kind}${effect.message.answer.code === undefined ? '' : ` ${effect.message.answer.code}`}`,
          ]
        : effect.message.type === 'settled'
          ? ['settled']
          : [];
    case 'giveUp':
      return ['giveUp'];
    default:
      return [];
  }
}
