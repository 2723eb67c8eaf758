// What is known of a child, whichever way it talks: one attachment at a time, one hook at most. Its pipe keeps
// the order of what it says, so a hook whose answer has not been read has not ended.

import { assert } from '../../../protos/failure/invariant.ts';
import { sameToken } from '../../rules/memory.ts';
import type { Attachment, ProcessState, Token } from '../../rules/model.ts';
import type { PerformCall, ProcessEvent } from '../adapter.ts';
import type { HookEnd } from '../said.ts';

export type DeskOptions = {
  /** Names this life of the process. */
  readonly startId: string;
  readonly nextAttachment: () => number;
  readonly tell: (event: ProcessEvent) => void;
};

type Hook = { readonly token: Token; readonly to: string; readonly attachment: number };

export class Desk {
  readonly #options: DeskOptions;
  #attachment: Attachment | undefined;
  #state = '';
  #trouble = '';
  #executed: Token | undefined;
  #hook: Hook | undefined;

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  /** The attachment of that number, if it is the present one. */
  at(id: number): Attachment | undefined {
    return this.#attachment?.id === id ? this.#attachment : undefined;
  }

  /** What the process said last of where it is; empty when it has not. */
  get state(): string {
    return this.#state;
  }

  /** The hook that runs: the destination is empty with recover. */
  get hook(): Pick<Hook, 'token' | 'to'> | undefined {
    return this.#hook;
  }

  /** The process says where it is: its first word attaches it. */
  observe(state: string, trouble: string): void {
    this.#state = state;
    this.#trouble = trouble;
    this.#look();
  }

  /** Something is wrong with what it says; told until it says where it is. */
  complain(trouble: string): void {
    this.#trouble = trouble;
    if (this.#attachment !== undefined) this.#look();
  }

  /** A hook was started in the present attachment. */
  begin({ token, to }: PerformCall): void {
    assert(this.#attachment !== undefined && this.#hook === undefined, 'one hook runs at a time');
    this.#hook = { token, to, attachment: this.#attachment.id };
  }

  /** The process's own word on a hook; false when that hook does not run. */
  answer(token: Token, end: HookEnd): boolean {
    const hook = this.#hook;
    if (hook === undefined || !sameToken(hook.token, token)) return false;
    this.#hook = undefined;
    this.#state = end.state;
    if (end.outcome === 'executed') this.#executed = token;
    if (this.#attachment?.id === hook.attachment) {
      this.#options.tell({ type: 'hookEnded', attachment: hook.attachment, token, ...end });
    } else {
      // Asked for under an attachment that is over: idle again, and the proof beside it, is what can be told.
      this.#look();
    }
    return true;
  }

  /** Nothing is known any more, for this reason; what the process says next attaches it anew. */
  lose(cause: string): void {
    const attachment = this.#attachment?.id ?? this.#options.nextAttachment();
    this.#attachment = undefined;
    this.#options.tell({ type: 'detached', attachment, cause });
  }

  #look(): void {
    const process: ProcessState = {
      state: this.#state,
      busy: this.#hook?.token,
      executed: this.#executed,
      trouble: this.#trouble,
    };
    const { startId, nextAttachment, tell } = this.#options;
    if (this.#attachment !== undefined) {
      tell({ type: 'observed', attachment: this.#attachment.id, process });
      return;
    }
    this.#attachment = { id: nextAttachment(), startId };
    tell({ type: 'attached', attachment: this.#attachment, process });
  }
}
