// A pod: a process, the sidecar beside it, and the file in which the sidecar remembers.

import type { Target } from '../../coordinator/core/model/partition.ts';
import { freshMemory, initialSidecar } from '../../sidecar/rules/memory.ts';
import type { Effect, Event, Memory, Sidecar, Timer, UpMessage } from '../../sidecar/rules/model.ts';
import { runningHook } from '../../sidecar/rules/view.ts';
import { machine, type Table } from './machine.ts';
import { SimProcess } from './process.ts';
import type { SimStream } from './stream.ts';
import { reported, told, upEvent } from './wire.ts';
import type { World } from './world.ts';

/** From the call of the preStop hook until it must be answered, in milliseconds. */
export const PRE_STOP_ANSWER_MS = 4_000;

/** A death around an acknowledgement that nobody asks for twice is the worst: it is made so much likelier. */
const SETTLE_CRASHES = 10;

export class SimPod {
  sidecar: Sidecar | undefined;
  process: SimProcess;
  /** True from the moment somebody asked for its deletion. */
  deleting = false;
  ended = false;
  disk: Memory | undefined;
  /** Counts the lives of the sidecar: what belongs to an older one comes to nothing. */
  boot = 0;
  /** A stopped sidecar (SIGSTOP) does nothing until then. */
  pausedUntilMs = 0;
  readonly target: Target;
  readonly podUid: string;
  /** Of the document when it was created. */
  readonly table: Table;
  readonly #world: World;
  readonly #streams = new Map<number, SimStream>();
  readonly #timers = new Map<Timer, number>();
  #waiting: Event[] = [];
  #attachments = 0;
  #lives = 0;
  #onPreStopAnswered: (() => void) | undefined;
  #preStopAtMs = 0;

  constructor(world: World, target: Target, podUid: string, table: Table) {
    this.#world = world;
    this.table = table;
    this.target = target;
    this.podUid = podUid;
    this.process = this.#newProcess();
    this.startSidecar();
  }

  // ---- the kubelet's part -------------------------------------------------------------------------

  startSidecar(): void {
    if (this.ended) return;
    this.boot += 1;
    this.pausedUntilMs = 0;
    this.#waiting = [];
    // Memory that is lost while a hook runs is the worst loss: it is made the likeliest.
    const lossRate = this.#world.faults.stateLost * (this.process.busy === undefined ? 0.5 : 1);
    const lost = this.disk === undefined || this.#world.chance(lossRate);
    const memory = lost ? freshMemory(`m${this.boot}`) : (this.disk ?? freshMemory(''));
    if (lost && this.disk !== undefined)
      this.#world.happened({ kind: 'forgotten', incarnation: this.disk.incarnation });
    const loaded = this.#world.rules.load(memory);
    this.disk = loaded;
    const settings = {
      target: this.target,
      partition: 'small',
      podUid: this.podUid,
      compiled: this.table.compiled,
      machineHash: this.table.hash,
      preStopAnswerMs: PRE_STOP_ANSWER_MS,
    };
    this.sidecar = initialSidecar(settings, loaded);
    this.#fenced(loaded);
    this.#attachSoon();
  }

  killSidecar(): void {
    if (this.sidecar === undefined) return;
    this.#world.note(() => `${this.target} (${this.podUid}) sidecar dies`);
    this.sidecar = undefined;
    this.boot += 1;
    for (const stream of this.#streams.values()) stream.breakNow();
    this.#streams.clear();
    this.#timers.clear();
    // A kubelet whose preStop call breaks sends SIGTERM at once.
    this.#onPreStopAnswered?.();
    const { boot } = this;
    this.#world.schedule.after(this.#world.between(20, 400), () => {
      if (this.boot === boot) this.startSidecar();
    });
  }

  killProcess(): void {
    this.process.kill();
  }

  restartProcess(): void {
    this.process.kill();
    if (this.ended) return;
    this.process = this.#newProcess();
    this.#attachSoon();
  }

  preStop(answered: () => void): void {
    if (this.sidecar === undefined) return answered();
    this.#onPreStopAnswered = () => {
      this.#onPreStopAnswered = undefined;
      answered();
    };
    this.#preStopAtMs = this.#world.schedule.nowMs;
    this.handle({ type: 'preStop' });
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.process.kill();
    this.boot += 1;
    this.sidecar = undefined;
    for (const stream of this.#streams.values()) stream.breakNow();
    this.#streams.clear();
  }

  // ---- the sidecar --------------------------------------------------------------------------------

  connect(stream: SimStream): void {
    this.#streams.set(stream.id, stream);
  }

  closed(stream: SimStream): void {
    if (this.#streams.delete(stream.id)) this.handle({ type: 'streamClosed', stream: stream.id });
  }

  /** One event through the rules: persist, then act. A crash may come between any two. */
  handle(event: Event): void {
    const before = this.sidecar;
    if (before === undefined) return;
    if (this.pausedUntilMs > this.#world.schedule.nowMs || this.#waiting.length > 0)
      return this.#later(event);
    const { sidecar, effects } = this.#world.rules.react(before, event);
    const worst = event.type === 'settle' ? SETTLE_CRASHES : 1;
    if (this.#crashes(worst)) return;
    const early = this.#world.rules.actsBeforePersist(event);
    if (early) this.sidecar = sidecar;
    if (early && this.#run(effects, worst)) return;
    if (sidecar.memory !== before.memory) {
      this.disk = sidecar.memory;
      if (sidecar.memory.fence !== before.memory.fence) this.#fenced(sidecar.memory);
      if (sidecar.memory.leaving !== before.memory.leaving) this.#leavingChanged(sidecar);
    }
    this.sidecar = sidecar;
    if (this.#crashes(worst)) return;
    if (!early) this.#run(effects, worst);
  }

  /** A stopped process finds all that came meanwhile when it goes on, in order. */
  #later(event: Event): void {
    this.#waiting.push(event);
    if (this.#waiting.length === 1) this.#goOn(this.boot);
  }

  #goOn(boot: number): void {
    this.#world.at(this.pausedUntilMs, () => {
      if (this.boot !== boot) return;
      if (this.pausedUntilMs > this.#world.schedule.nowMs) return this.#goOn(boot);
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const event of waiting) this.handle(event);
    });
  }

  /** Gives true when the sidecar died on the way. */
  #run(effects: readonly Effect[], worst: number): boolean {
    const { boot } = this;
    for (const effect of effects) {
      this.#act(effect);
      if (this.boot !== boot || this.#crashes(worst)) return true;
    }
    return false;
  }

  #act(effect: Effect): void {
    switch (effect.type) {
      case 'send':
        return this.#send(effect.message);
      case 'closeStream':
        return this.#streams.get(effect.stream)?.end();
      case 'perform':
        return this.#perform(effect);
      case 'giveUp':
        return this.#call((process) => process.giveUp(effect.token));
      case 'arm':
        return this.#arm(effect.timer, effect.afterMs);
      case 'disarm':
        this.#timers.delete(effect.timer);
        return;
      case 'answerPreStop':
        return this.#answerPreStop(effect.clean);
    }
  }

  /** A process that refuses our call shows that the attachment is not what we think: it is made anew. */
  #perform(effect: Extract<Effect, { type: 'perform' }>): void {
    const { boot } = this;
    this.#call((process) => {
      const refused = !process.perform(effect) && process.alive;
      if (refused && this.boot === boot && this.sidecar?.attachment?.id === effect.attachment.id)
        this.breakAttachment();
    });
  }

  /** A call to the process may arrive late: even after this sidecar's death. */
  #call(run: (process: SimProcess) => void): void {
    const { process } = this;
    this.#world.schedule.after(this.#world.localDelayMs(), () => run(process));
  }

  #arm(timer: Timer, afterMs: number): void {
    const { boot } = this;
    const armed = this.#world.nextId();
    this.#timers.set(timer, armed);
    this.#world.schedule.after(afterMs, () => {
      if (this.boot !== boot || this.#timers.get(timer) !== armed) return;
      this.#timers.delete(timer);
      this.handle({ type: 'timer', timer });
    });
  }

  #answerPreStop(clean: boolean): void {
    const { process, sidecar } = this;
    // A sidecar that was stopped answers nobody in time; the kubelet does not wait for it.
    const wasPaused = this.pausedUntilMs >= this.#preStopAtMs;
    const late = !wasPaused && this.#world.schedule.nowMs > this.#preStopAtMs + PRE_STOP_ANSWER_MS;
    const atRest =
      !process.alive ||
      sidecar?.attachment === undefined ||
      (process.state === machine.initial && process.busy === undefined);
    this.#world.happened({ kind: 'preStopAnswered', life: process.life, clean, atRest, late });
    if (clean) this.#world.sometimes('a preStop stopped its process cleanly');
    this.#onPreStopAnswered?.();
  }

  // ---- the attachment -----------------------------------------------------------------------------

  #attachSoon(): void {
    const { boot } = this;
    this.#world.schedule.after(this.#world.localDelayMs() * 4, () => {
      if (
        this.boot === boot &&
        this.sidecar !== undefined &&
        this.sidecar.attachment?.startId !== this.process.life
      )
        this.#attach();
    });
  }

  #attach(): void {
    const { process, boot, sidecar } = this;
    if (!process.alive || sidecar === undefined) return;
    this.#attachments += 1;
    const id = this.#attachments;
    const incarnation = this.#world.rules.incarnation(
      this.podUid,
      sidecar.memory.memoryId,
      process.life,
      boot,
    );
    const current = () => this.boot === boot && process.attachment === id;
    const tell = (event: Event) => this.#world.schedule.after(1, () => current() && this.handle(event));
    const state = process.attach(id, {
      ended: (ended) => {
        tell({ type: 'hookEnded', attachment: id, ...ended });
        if (this.#world.chance(this.#world.faults.repeat))
          tell({ type: 'hookEnded', attachment: id, ...ended });
      },
      observed: (observed) => tell({ type: 'observed', attachment: id, process: observed }),
      died: () => tell({ type: 'detached', attachment: id, cause: 'the process ended' }),
    });
    this.#world.happened({ kind: 'lived', target: this.target, incarnation, life: process.life });
    tell({ type: 'attached', attachment: { id, startId: process.life }, incarnation, process: state });
  }

  /** The attachment breaks and is made anew, with the process none the wiser. */
  breakAttachment(): void {
    const { sidecar, boot } = this;
    if (sidecar?.attachment === undefined) return;
    this.handle({ type: 'detached', attachment: sidecar.attachment.id, cause: 'the connection broke' });
    this.#world.schedule.after(this.#world.localDelayMs() * 3, () => this.boot === boot && this.#attach());
  }

  // ---- up the stream ------------------------------------------------------------------------------

  #send(message: UpMessage): void {
    const { sidecar } = this;
    if (sidecar === undefined) return;
    const stream = this.#streams.get(
      message.type === 'welcome' ? message.stream : (sidecar.stream?.id ?? -1),
    );
    const state = reported(sidecar);
    this.#world.happened({ kind: 'told', ...told(state) });
    const answer =
      message.type === 'answer'
        ? message.answer
        : message.type === 'welcome'
          ? sidecar.memory.last?.answer
          : undefined;
    if (answer !== undefined) {
      const { token, incarnation, kind, code } = answer;
      if (code !== undefined && code !== 'BY_PROCESS') this.#world.sometimes(`a request was refused ${code}`);
      this.#world.happened({ kind: 'answered', target: this.target, incarnation, token, answer: kind });
    }
    if (message.type !== 'state') this.#fenced(sidecar.memory);
    stream?.up(upEvent(this.target, sidecar, state, message));
  }

  // ---- what the oracles see -----------------------------------------------------------------------

  #fenced({ fence, journalId, memoryId }: Memory): void {
    this.#world.happened({
      kind: 'fenced',
      memory: `${this.target}/${this.podUid}/${memoryId}`,
      journalId,
      ...fence,
    });
  }

  #leavingChanged(sidecar: Sidecar): void {
    const { memory } = sidecar;
    const back = sidecar.attachment?.startId;
    if (memory.leaving === 'no' && back !== undefined) this.#world.happened({ kind: 'returned', life: back });
    if (memory.leaving !== 'local' && memory.leaving !== 'localRestart') return;
    this.#world.sometimes('a sidecar stopped its process by itself');
    const life = sidecar.attachment?.startId;
    if (life !== undefined)
      this.#world.happened({ kind: 'localStop', life, joins: runningHook(sidecar)?.token });
  }

  #crashes(worst: number): boolean {
    if (!this.#world.chance(this.#world.faults.sidecarCrash * worst)) return false;
    this.killSidecar();
    return true;
  }

  #newProcess(): SimProcess {
    this.#lives += 1;
    return new SimProcess(this.#world, this.target, `${this.podUid}#${this.#lives}`);
  }
}
