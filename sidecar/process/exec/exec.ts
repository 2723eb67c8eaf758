// The `exec` adapter: a command for each transition. See README.md beside it.

import { commandOf, type ExecSettings } from '../../../protos/adapter/exec.ts';
import { SKIP } from '../../../protos/adapter/signals.ts';
import { exitWords } from '../../../protos/exit.ts';
import { assert } from '../../../protos/failure/invariant.ts';
import { type Machine, RECOVER } from '../../../protos/machine/table.ts';
import { lives } from '../../../protos/procfs.ts';
import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import { sameToken } from '../../rules/memory.ts';
import type { Attachment, ProcessState, Token } from '../../rules/model.ts';
import type { Adapter, PerformCall, ProcessEvent } from '../adapter.ts';
import { Attempts } from '../attempts.ts';
import type { HookEnd, Understood } from '../said.ts';
import { type Asking, askHealth, askState, ONLY_LIFE, type Seen } from './ask.ts';
import { Book } from './book.ts';
import { type Command, type Ended, prepare } from './command.ts';
import { foundHook, type Hook, ownHook } from './hook.ts';
import { failed, isExecuted, recovered } from './judge.ts';
import { order, type Who } from './request.ts';

const REPLACED = 'the process is another one than before';
const FORGETFUL = 'its sidecar cannot remember that a command runs: see its log';
const FOUND_ENDED = 'the command that ran when the sidecar was started has ended';

export type ExecProcessOptions = {
  readonly settings: ExecSettings;
  readonly who: Who;
  readonly machine: Machine;
  readonly clock: Clock;
  readonly log: Log;
  readonly nextAttachment: () => number;
  /** File for what no command can tell. */
  readonly notesFile: string;
  readonly bootId: string;
  /** What commands print for people. */
  readonly say: (chunk: Buffer) => void;
};

/** An adapter that runs commands. Throws RunControlError STORAGE when it cannot remember. */
export function execProcess(options: ExecProcessOptions): Adapter {
  const driver = new Driver(options);
  return {
    start: (tell) => driver.start(tell),
    perform: (call) => driver.perform(call),
    giveUp: (attachment, token) => driver.giveUp(attachment.id, token),
    [Symbol.asyncDispose]: async () => driver.stop(),
  };
}

class Driver {
  readonly #options: ExecProcessOptions;
  readonly #book: Book;
  readonly #attempts: Attempts;
  readonly #asking: Asking;
  #attachment: Attachment | undefined;
  #hook: Hook | undefined;
  #found: Disposable | undefined;
  #command: Command | undefined;
  #look = new AbortController();
  #disarm: () => void = () => {};
  #isStopped = false;

  constructor(options: ExecProcessOptions) {
    this.#options = options;
    const { settings, who, clock, nextAttachment, say, notesFile: path, bootId, machine, log } = options;
    const { workingDirectory = '.', environment } = settings;
    this.#book = new Book({ path, bootId, initial: machine.initial, log });
    this.#attempts = new Attempts({ clock, nextAttachment, attach: (id) => void this.#attach(id) });
    this.#asking = { settings, around: { who, workingDirectory, environment }, clock, say };
  }

  start(tell: (event: ProcessEvent) => void): void {
    this.#attempts.start(tell);
  }

  /** A command that runs goes on: the next sidecar will find it. */
  stop(): void {
    this.#isStopped = true;
    this.#attempts.stop();
    this.#rest();
    this.#found?.[Symbol.dispose]();
    this.#command?.leave();
  }

  perform(call: PerformCall): void {
    if (this.#attachment === undefined || this.#attachment.id !== call.attachment.id) return;
    assert(this.#hook === undefined, 'one hook runs at a time');
    this.#rest();
    const words = commandOf(this.#options.settings, call.transition);
    if (words === undefined || words === SKIP) void this.#endWithout(call);
    else this.#begin(call, words);
  }

  giveUp(attachment: number, token: Token): void {
    if (this.#attachment?.id === attachment && sameToken(this.#hook?.token, token)) this.#hook?.giveUp();
  }

  async #attach(id: number): Promise<void> {
    const { running } = this.#book;
    if (running !== undefined && lives(running)) return this.#wait(id, running);
    // How it ended nobody saw, and where it led only the state command can say.
    if (running !== undefined) this.#book.close('');
    const seen = await this.#see();
    if (seen === undefined) return;
    if ('broken' in seen) return this.#attempts.failed(id, seen.broken);
    this.#book.observe(seen.value);
    this.#attached(id);
    this.#arm();
  }

  /** Rule 3: a command of an earlier life of the sidecar is never begun again, and nothing beside it. */
  #wait(id: number, running: NonNullable<Book['running']>): void {
    const { clock, settings } = this.#options;
    const found = foundHook(running, { clock, graceMs: settings.giveUpGraceMs }, () => {
      this.#hook = undefined;
      this.#end(FOUND_ENDED);
    });
    this.#hook = found;
    this.#found = found;
    this.#attached(id);
  }

  #attached(id: number): void {
    this.#attempts.begun();
    this.#attachment = { id, startId: this.#book.startId };
    this.#attempts.heard({ type: 'attached', attachment: this.#attachment, process: this.#present() });
  }

  #begin(call: PerformCall, words: readonly string[]): void {
    const { settings, machine, clock, say } = this.#options;
    const made = order(words, call, { ...this.#asking.around, machine });
    if ('broken' in made) return this.#over(call, this.#refusal(made.broken));
    const command = prepare(made.value, say);
    const isKnown = command.identity.pid === 0 || this.#book.run(call.token, command.identity);
    if (!isKnown) {
      command.signal('SIGKILL');
      return this.#over(call, this.#refusal(FORGETFUL));
    }
    this.#command = command;
    const { giveUpGraceMs: graceMs } = settings;
    const hook = ownHook({ token: call.token, command, clock, graceMs }, (ended) => {
      this.#command = undefined;
      void this.#judge(call, ended, hook.wasGivenUp).then((end) => this.#over(call, end));
    });
    this.#hook = hook;
    command.begin();
  }

  /** What the end of a command comes to; undefined when the process is another one meanwhile. */
  async #judge(call: PerformCall, ended: Ended, wasGivenUp: boolean): Promise<HookEnd | undefined> {
    if (ended.exit.kind === 'notStarted') return this.#refusal(exitWords(ended.exit));
    const isRecover = call.transition === RECOVER;
    if (isExecuted(ended) && !isRecover) return { outcome: 'executed', state: call.to, cause: '' };
    const seen = await askState(this.#asking, this.#look.signal);
    if (seen !== undefined && 'value' in seen && seen.value.startId !== this.#book.startId) return undefined;
    if (isExecuted(ended)) return recovered(seen, this.#options.machine.initial);
    return failed(ended, { seen, wasGivenUp });
  }

  /** There is nothing to run: recover still asks where the process is. */
  async #endWithout(call: PerformCall): Promise<void> {
    this.#hook = { token: call.token, giveUp: () => undefined, wasGivenUp: false };
    const { settings } = this.#options;
    if (call.transition !== RECOVER)
      return this.#over(call, { outcome: 'executed', state: call.to, cause: '' });
    const refused = 'it has neither a command for recover nor one that tells its state';
    if (settings.state === undefined) return this.#over(call, this.#refusal(refused));
    const seen = await askState(this.#asking, this.#look.signal);
    this.#over(call, recovered(seen, this.#options.machine.initial));
  }

  #refusal(cause: string): HookEnd {
    return { outcome: 'refused', state: this.#book.state, cause };
  }

  #over(call: PerformCall, end: HookEnd | undefined): void {
    if (this.#isStopped) return;
    this.#hook = undefined;
    if (end === undefined) return this.#end(REPLACED);
    const { token } = call;
    this.#book.close(end.state, end.outcome === 'executed' ? token : undefined);
    // Never from within perform: the port forbids it.
    setImmediate(() => {
      const { attachment } = call;
      if (this.#attachment?.id !== attachment.id) return;
      this.#attempts.heard({ type: 'hookEnded', attachment: attachment.id, token, ...end });
      this.#arm();
    });
  }

  /** Looks again after a while, if there is anybody to ask. */
  #arm(): void {
    const { settings, clock } = this.#options;
    if (settings.health === undefined || this.#hook !== undefined || this.#isStopped) return;
    this.#disarm = clock.after(settings.health.intervalMs, () => void this.#check());
  }

  async #check(): Promise<void> {
    const seen = await this.#see();
    if (seen === undefined || this.#attachment === undefined) return;
    if ('broken' in seen) return this.#end(seen.broken);
    const { startId, state } = seen.value;
    const isNew = state !== this.#book.state;
    const isOther = startId !== this.#book.startId;
    this.#book.observe(seen.value);
    if (isOther) return this.#end(REPLACED);
    if (isNew) {
      const observed = {
        type: 'observed',
        attachment: this.#attachment.id,
        process: this.#present(),
      } as const;
      this.#attempts.heard(observed);
    }
    this.#arm();
  }

  /** Health and state; undefined when something else began before they were known. */
  async #see(): Promise<Understood<Seen> | undefined> {
    const { signal } = this.#look;
    const well = await askHealth(this.#asking, signal);
    if (signal.aborted) return undefined;
    if ('broken' in well) return well;
    const seen = await askState(this.#asking, signal);
    if (signal.aborted) return undefined;
    return seen ?? { value: { state: this.#book.state, startId: ONLY_LIFE, executed: undefined } };
  }

  /** No look goes on, and none is due: what it would see is about to change. */
  #rest(): void {
    this.#disarm();
    this.#look.abort();
    this.#look = new AbortController();
  }

  #end(cause: string): void {
    const { id = 0 } = this.#attachment ?? {};
    this.#attachment = undefined;
    this.#attempts.ended(id, cause);
  }

  #present(): ProcessState {
    return {
      state: this.#book.state,
      busy: this.#hook?.token,
      executed: this.#book.executed,
      trouble: '',
    };
  }
}
