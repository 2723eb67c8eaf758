// A DAQ process as dumb as one may be: it does what the call of its present attachment says, at once and
// without looking at tokens, so that nothing but the rules of the sidecar stands between a fault and harm.

import { destination, findTransition, RECOVER } from '../../protos/machine/table.ts';
import type { Effect, ProcessState, Token } from '../../sidecar/rules/model.ts';
import { machine } from './machine.ts';
import type { World } from './world.ts';

type Perform = Extract<Effect, { type: 'perform' }>;
type Ended = {
  readonly token: Token;
  readonly outcome: 'executed' | 'refused' | 'failed';
  readonly state: string;
  readonly cause: string;
};

/** Where a process tells what happens to it. */
export type Listener = { ended(ended: Ended): void; observed(state: ProcessState): void; died(): void };

export class SimProcess {
  alive = true;
  state = machine.initial;
  executed: Token | undefined;
  busy: { readonly call: Perform; end(outcome: Ended['outcome']): void } | undefined;
  attachment = 0;
  listener: Listener | undefined;
  /** Fragments that are not in a file yet. */
  held = 0;
  runNumber = 0;
  readonly life: string;
  readonly target: string;
  readonly #world: World;

  constructor(world: World, target: string, life: string) {
    this.#world = world;
    this.target = target;
    this.life = life;
  }

  /** A newer attachment: the process forgets older callers, and says what it is doing. */
  attach(attachment: number, listener: Listener): ProcessState {
    this.attachment = attachment;
    this.listener = listener;
    return this.report();
  }

  report(): ProcessState {
    return { state: this.state, busy: this.busy?.call.token, executed: this.executed, trouble: '' };
  }

  /** A call arrives. One of an older attachment is refused, with false. */
  perform(call: Perform): boolean {
    const outlived = call.attachment.id !== this.attachment && !this.#world.rules.callOutlivesAttachment;
    if (!this.alive || outlived) return false;
    const { token, transition, runNumber } = call;
    const stopPath = findTransition(machine, transition)?.stopPath === true;
    const journalId = token.operationNumber === 0 ? '' : this.#world.journalOf(token);
    this.#world.happened({
      kind: 'hookStarted',
      target: this.target,
      life: this.life,
      journalId,
      token,
      transition,
      stopPath,
      runNumber,
    });
    let over = false;
    const end = (outcome: Ended['outcome']) => {
      if (over || !this.alive) return;
      over = true;
      this.#end(call, outcome);
    };
    this.busy = { call, end };
    const durationMs = this.#world.hookDurationMs();
    const outcome = this.#world.chance(this.#world.faults.hookFails)
      ? this.#world.random() < 0.5
        ? 'failed'
        : 'refused'
      : 'executed';
    if (Number.isFinite(durationMs)) this.#world.schedule.after(durationMs, () => end(outcome));
    return true;
  }

  /** Ends what runs, if it can; half of them cannot. */
  giveUp(token: Token): void {
    const { busy } = this;
    if (
      busy === undefined ||
      busy.call.token.operationId !== token.operationId ||
      busy.call.token.step !== token.step
    )
      return;
    if (this.#world.random() < 0.5 || !this.#world.unkind)
      this.#world.schedule.after(5, () => busy.end('failed'));
  }

  kill(): void {
    if (!this.alive) return;
    this.alive = false;
    if (this.state === 'running' && this.target.startsWith('source')) this.#readOut();
    this.#world.happened({ kind: 'ended', life: this.life });
    this.listener?.died();
  }

  #end(call: Perform, outcome: Ended['outcome']): void {
    this.busy = undefined;
    this.#world.happened({
      kind: 'hookEnded',
      life: this.life,
      token: call.token,
      executed: outcome === 'executed',
      refused: outcome === 'refused',
    });
    if (outcome === 'executed') this.#executed(call);
    if (outcome === 'failed' && this.#world.random() < 0.5) this.#fellThrough(call);
    const ended = {
      token: call.token,
      outcome,
      state: this.state,
      cause: outcome === 'executed' ? '' : `simulated: ${outcome}`,
    };
    if (call.attachment.id === this.attachment) this.listener?.ended(ended);
    this.listener?.observed(this.report());
  }

  #executed({ transition, token, runNumber }: Perform): void {
    this.executed = token;
    if (transition === 'start') {
      this.runNumber = runNumber;
      this.held = 0;
    }
    if (transition === 'disable' && this.state === 'running') this.#readOut();
    if (transition === 'drain') this.#flush();
    if (transition === RECOVER) {
      if (this.state === 'running') this.#readOut();
      this.held = 0;
      this.state = machine.initial;
    } else {
      this.state = destination(machine, this.state, transition) ?? this.state;
    }
  }

  /** It failed a step of its way down and is past it all the same: what it held is lost. */
  #fellThrough({ transition }: Perform): void {
    if (findTransition(machine, transition)?.stopPath !== true) return;
    if (transition === 'disable' && this.state === 'running') this.#readOut();
    this.held = 0;
    this.state = destination(machine, this.state, transition) ?? this.state;
  }

  #readOut(): void {
    if (!this.target.startsWith('source')) return;
    const fragments = 1 + Math.floor(this.#world.random() * 9);
    this.held += fragments;
    this.#world.readOut(this.runNumber, fragments);
  }

  /** A source hands over to the sink; a sink writes. What reaches nobody is lost. */
  #flush(): void {
    const held = this.held;
    this.held = 0;
    if (this.target.startsWith('sink')) this.#world.written(this.runNumber, held);
    else this.#world.deliver(held, this.runNumber);
  }
}
