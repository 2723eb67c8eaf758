// One control stream: ordered both ways, until it breaks, which each end may learn at another time.

import type { Event as CoreEvent, DownMessage } from '../../coordinator/core/model/turn.ts';
import type { Event } from '../../sidecar/rules/model.ts';
import type { SimPod } from './pod.ts';
import type { World } from './world.ts';

/** A request that comes late, after what closed its step, is what Settle is for: it may come so many times more. */
const REQUEST_REPEATS = 6;

export class SimStream {
  readonly id: number;
  readonly pod: SimPod;
  readonly #world: World;
  readonly #deliverUp: (event: CoreEvent) => void;
  readonly #closedUp: () => void;
  /** Nothing that is sent from now on arrives. */
  #cut = false;
  #openDown = true;
  #openUp = true;
  #downAtMs = 0;
  #upAtMs = 0;

  constructor(world: World, pod: SimPod, deliverUp: (event: CoreEvent) => void, closedUp: () => void) {
    this.id = world.nextId();
    this.#world = world;
    this.pod = pod;
    this.#deliverUp = deliverUp;
    this.#closedUp = closedUp;
    pod.connect(this);
  }

  hello(journalId: string, epoch: number, closedThrough: number, adoptedFrom: string): void {
    this.#down({ type: 'hello', stream: this.id, journalId, epoch, closedThrough, adoptedFrom });
  }

  down(message: DownMessage): void {
    const stream = this.id;
    switch (message.type) {
      case 'request': {
        const { arguments: _, ...request } = message.request;
        return this.#down({ type: 'request', stream, request: { ...request, argumentsJson: '{}' } });
      }
      case 'settle':
        return this.#down({
          type: 'settle',
          stream,
          operationNumber: message.operationNumber,
          step: message.step,
        });
      case 'giveUp':
        return this.#down({
          type: 'giveUp',
          stream,
          operationNumber: message.operationNumber,
          step: message.step,
        });
      case 'leave':
        return this.#down({
          type: 'leave',
          stream,
          incarnation: message.incarnation,
          verdict: message.verdict,
        });
      case 'podFacts':
        return this.#down({
          type: 'podFacts',
          stream,
          pod: { sentence: message.sentence, restarts: message.restarts },
        });
    }
  }

  up(event: CoreEvent): void {
    if (this.#cut || this.#breaks()) return;
    const deliver = () => this.#openUp && this.#deliverUp(event);
    this.#upAtMs = this.#arrival(this.#upAtMs);
    this.#world.at(this.#upAtMs, deliver);
    if (event.type !== 'welcome') this.#repeat(this.#upAtMs, deliver);
  }

  /** Closed by one end: what is on its way is lost, and both learn of it. */
  breakNow(): void {
    this.#cut = true;
    this.#endDown(0);
    this.#endUp(0);
  }

  /** Ended by the sidecar: what it sent before still arrives, what was on its way down does not. */
  end(): void {
    this.#cut = true;
    this.#endDown(0);
    this.#endUp(Math.max(0, this.#upAtMs - this.#world.schedule.nowMs) + 0.1);
  }

  /** The coordinator's process is gone: the sidecar learns of it, perhaps late (half-open). */
  abandon(): void {
    this.#openUp = false;
    const onItsWayMs = Math.max(0, this.#downAtMs - this.#world.schedule.nowMs);
    this.#endDown(onItsWayMs + (this.#world.unkind && this.#world.random() < 0.3 ? 3_000 : 1));
  }

  #down(event: Event): void {
    if (this.#cut || this.#breaks()) return;
    const deliver = () => {
      if (this.pod.sidecar === undefined) this.breakNow();
      else if (this.#openDown) this.pod.handle(event);
    };
    this.#downAtMs = this.#arrival(this.#downAtMs);
    this.#world.at(this.#downAtMs, deliver);
    const times = event.type === 'hello' ? 0 : event.type === 'request' ? REQUEST_REPEATS : 1;
    for (let time = 0; time < times; time++) this.#repeat(this.#downAtMs, deliver);
  }

  /** The same message once more, perhaps long after: more than an ordered stream should ever do. */
  #repeat(atMs: number, deliver: () => void): void {
    if (this.#world.chance(this.#world.faults.repeat))
      this.#world.at(atMs + this.#world.between(0, 4_000), deliver);
  }

  #breaks(): boolean {
    if (!this.#world.chance(this.#world.faults.streamBreak)) return false;
    this.#cut = true;
    // Half-open: one end may go on for a while in the belief that the other is there.
    this.#endDown(this.#world.between(0, 600));
    this.#endUp(this.#world.between(0, 600));
    return true;
  }

  #endDown(afterMs: number): void {
    this.#world.schedule.after(afterMs, () => {
      if (!this.#openDown) return;
      this.#openDown = false;
      this.pod.closed(this);
    });
  }

  #endUp(afterMs: number): void {
    this.#world.schedule.after(afterMs, () => {
      if (!this.#openUp) return;
      this.#openUp = false;
      this.#closedUp();
    });
  }

  #arrival(lastMs: number): number {
    return Math.max(lastMs, this.#world.schedule.nowMs + this.#world.delayMs());
  }
}
