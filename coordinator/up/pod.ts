// One target's sidecar and process, kept as a kubelet keeps a pod: the sidecar first, probes each second, a
// restart when liveness fails, preStop and then SIGTERM on the way down.

import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { exitWords } from '../../protos/exit.ts';
import type { Registry } from './child.ts';
import { type Container, keepRunning, type Lives } from './container.ts';
import { replaceFile } from './files.ts';
import { type Health, judge, newborn } from './health.ts';
import { type LogFile, openLog } from './logfile.ts';
import type { PodPlan } from './podplan.ts';
import { callPreStop, KILLED, NOTHING_BEGUN, type PreStopped, uncleanWords } from './prestop.ts';
import { type ProbeAnswer, probe } from './probe.ts';
import { type SidecarSetting, sidecarConfig } from './sidecar.ts';

/** How often probes are asked, in milliseconds; while something starts more often: nobody likes to wait. */
const PERIOD_MS = 1_000;
const STARTUP_PERIOD_MS = 100;

/** How long a sidecar may take to listen, in milliseconds. */
const SIDECAR_STARTUP_MS_MAX = 60_000;

/** A sidecar has nothing to keep that is not in its file already. */
const SIDECAR_GRACE_MS = 2_000;

/** Starting until its sidecar listens, ending from the answer of its hook, ended when nothing of it runs. */
export type Lifecycle = 'starting' | 'running' | 'ending' | 'ended';

export type PodOptions = {
  readonly plan: PodPlan;
  /** Where its state and its configuration lie: made anew with the pod, as an emptyDir is. */
  readonly directory: string;
  readonly logs: { readonly process: string; readonly sidecar: string };
  readonly sidecar: SidecarSetting;
  /** How long a process may take to be attached before it is started again, in milliseconds. */
  readonly startupTimeoutMs: number;
  readonly registry: (name: string) => Registry;
  readonly lives: (name: string) => Lives;
  readonly tell: (words: string) => void;
  /** Its sidecar listens for the first time. */
  readonly placed: () => void;
  /** Something happened to its containers, in one sentence for the coordinator. */
  readonly changed: (detail: string) => void;
};

/** A pod that runs from its creation until it is stopped or killed. */
export class Pod {
  readonly target: string;
  readonly podUid = randomUUID();
  readonly plan: PodPlan;
  /** Resolves when its process is attached for the first time. */
  readonly attached: Promise<void>;
  readonly #options: PodOptions;
  readonly #logs: { readonly process: LogFile; readonly sidecar: LogFile };
  readonly #firstAttached = Promise.withResolvers<void>();
  readonly #stopping = new AbortController();
  readonly #sidecar: Container;
  readonly #watching: Promise<void>;
  #process: Container | undefined;
  #lifecycle: Lifecycle = 'starting';
  #wasKilled = false;
  #health: { sidecar: Health; process: Health } = { sidecar: newborn(0), process: newborn(0) };

  constructor(options: PodOptions) {
    const { plan, directory, logs } = options;
    this.#options = options;
    this.plan = plan;
    this.target = plan.target;
    this.attached = this.#firstAttached.promise;
    this.#logs = { process: openLog(logs.process), sidecar: openLog(logs.sidecar) };
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    const configFile = join(directory, 'sidecar.json');
    const config = sidecarConfig(options.sidecar, { plan, podUid: this.podUid, directory });
    replaceFile(configFile, `${JSON.stringify(config, null, 2)}\n`);
    this.#sidecar = keepRunning({
      name: this.#isOne ? this.target : `the sidecar of ${this.target}`,
      program: options.sidecar.program(configFile),
      lives: options.lives(`${this.target} sidecar`),
      log: this.#logs.sidecar,
      // What a process says comes through the sidecar that started it.
      ...(this.#isOne ? { errors: this.#logs.process } : {}),
      registry: options.registry(`${this.target} sidecar`),
      tell: options.tell,
      began: () => {
        this.#health.sidecar = newborn(performance.now());
        if (this.#isOne) this.#health.process = newborn(performance.now());
      },
      died: (exit) => {
        if (this.#isOne) options.changed(`the process ${exitWords(exit)}`);
      },
    });
    this.#watching = this.#watch();
  }

  /** Of the process that runs now, or of the sidecar that is its parent; 0 when none does. */
  get processPid(): number {
    return this.#main?.pid() ?? 0;
  }

  /** Of the sidecar that runs now; 0 when none does. */
  get sidecarPid(): number {
    return this.#sidecar.pid();
  }

  /** True while the process that runs now was seen attached. */
  get isAttached(): boolean {
    return this.processPid !== 0 && this.#health.process.isUp;
  }

  /** True once it was told to end by SIGKILL. */
  get wasKilled(): boolean {
    return this.#wasKilled;
  }

  get lifecycle(): Lifecycle {
    return this.#lifecycle;
  }

  /** Ends it in order, within its grace period; gives why the end was not clean, empty when it was. */
  async stop(): Promise<string> {
    this.#stopping.abort();
    this.#main?.close();
    const { answer, graceLeftMs } = await this.#preStop();
    this.#lifecycle = 'ending';
    const exit = await this.#main?.end(graceLeftMs);
    await this.#main?.done;
    this.#sidecar.close();
    await this.#sidecar.end(SIDECAR_GRACE_MS);
    await Promise.all([this.#sidecar.done, this.#watching]);
    this.#closeLogs();
    this.#lifecycle = 'ended';
    return uncleanWords(answer, exit);
  }

  /** SIGKILL to everything at once; gives what was still running. */
  kill(): readonly string[] {
    this.#stopping.abort();
    this.#wasKilled = true;
    const running = [
      this.processPid === 0 ? '' : this.target,
      this.sidecarPid === 0 ? '' : `${this.target} sidecar`,
    ];
    this.#process?.kill();
    this.#sidecar.kill();
    return running.filter((name) => name !== '');
  }

  /** The sidecar starts the process itself: they live and end as one. */
  get #isOne(): boolean {
    return this.plan.child !== undefined;
  }

  /** That in which the process lives. */
  get #main(): Container | undefined {
    return this.#isOne ? this.#sidecar : this.#process;
  }

  async #watch(): Promise<void> {
    while (await this.#pause(this.#isSettled() ? PERIOD_MS : STARTUP_PERIOD_MS)) {
      await this.#probeSidecar();
      // Kubernetes' order of a native sidecar: no process before the sidecar's startup probe has passed.
      if (this.#lifecycle === 'running') await this.#probeProcess();
    }
  }

  #isSettled(): boolean {
    return this.#health.sidecar.isUp && this.#health.process.isUp;
  }

  async #probeSidecar(): Promise<void> {
    const { tell, placed } = this.#options;
    const before = this.#health.sidecar;
    const answer = await this.#ask(before.isUp ? '/livez' : '/startupz');
    // A new life began while this one was asked: the answer is of nobody.
    if (before !== this.#health.sidecar || this.#stopping.signal.aborted) return;
    const limits = { nowMs: performance.now(), startupMsMax: SIDECAR_STARTUP_MS_MAX };
    const { health, verdict } = judge(before, answer, limits);
    this.#health.sidecar = health;
    if (verdict === 'up' && this.#lifecycle === 'starting') {
      this.#lifecycle = 'running';
      placed();
      this.#startProcess();
    } else if (verdict === 'late' || verdict === 'dead') {
      tell(`the sidecar of ${this.target} does not answer (${answer.sentence}); it is ended`);
      await this.#sidecar.end(SIDECAR_GRACE_MS);
    }
  }

  #startProcess(): void {
    const { plan, registry, lives, tell, changed } = this.#options;
    this.#health.process = newborn(performance.now());
    if (plan.program === undefined) return;
    this.#process = keepRunning({
      name: this.target,
      program: plan.program,
      lives: lives(this.target),
      log: this.#logs.process,
      registry: registry(this.target),
      tell,
      died: (exit) => changed(`the process ${exitWords(exit)}`),
      began: () => {
        this.#health.process = newborn(performance.now());
      },
    });
  }

  async #probeProcess(): Promise<void> {
    const before = this.#health.process;
    const answer = await this.#ask(before.isUp ? '/process/livez' : '/process/startupz');
    if (before !== this.#health.process || this.#stopping.signal.aborted) return;
    // A silent sidecar is its own liveness probe's business: the process beside it may well be healthy.
    if (answer.kind === 'silent') return;
    const { startupTimeoutMs } = this.#options;
    const limits = { nowMs: performance.now(), startupMsMax: startupTimeoutMs };
    const { health, verdict } = judge(before, answer, limits);
    this.#health.process = health;
    if (verdict === 'up') this.#firstAttached.resolve();
    if (verdict === 'late') {
      await this.#restart(`was not attached within ${startupTimeoutMs / 1_000} s: ${answer.sentence}`);
    }
    if (verdict === 'dead') await this.#restart(`is not alive: ${answer.sentence}`);
  }

  async #restart(why: string): Promise<void> {
    const { tell, changed } = this.#options;
    changed(`the process ${why}`);
    // Told again after as long: whoever starts it by hand has time to do so.
    this.#health.process = newborn(performance.now());
    const main = this.#main;
    if (main === undefined) {
      tell(`${this.target} ${why}; its process is not ours to start`);
      return;
    }
    tell(`${this.target} ${why}; it is ended and started again`);
    const { graceLeftMs } = await this.#preStop();
    await main.end(graceLeftMs);
  }

  async #preStop(): Promise<PreStopped> {
    if (this.#wasKilled) return { answer: KILLED, graceLeftMs: 0 };
    if (this.#lifecycle === 'starting') return { answer: NOTHING_BEGUN, graceLeftMs: 0 };
    const { ports, gracePeriodMs } = this.plan;
    const isWorthwhile = () => this.processPid !== 0 && !this.#wasKilled;
    return callPreStop({ port: ports.probes, gracePeriodMs, isWorthwhile });
  }

  #ask(path: string): Promise<ProbeAnswer> {
    return probe(this.plan.ports.probes, path);
  }

  /** False once it is to stop. */
  async #pause(milliseconds: number): Promise<boolean> {
    const { signal } = this.#stopping;
    await wait(milliseconds, undefined, { signal }).catch(() => undefined);
    return !signal.aborted;
  }

  #closeLogs(): void {
    this.#logs.process[Symbol.dispose]();
    this.#logs.sidecar[Symbol.dispose]();
  }
}
