// How it stands with one Partition: what is wrong with it, and how that is told to whoever calls and looks.

import type { Logger } from 'pino';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import { isFault } from '../client/fault.ts';
import type { Publisher } from '../publisher.ts';
import type { Fact } from '../status/conditions.ts';
import { FactBook, LED } from './book.ts';
import type { Lead } from './lead.ts';

export type StandingParts = {
  readonly log: Logger;
  readonly publisher: () => Pick<Publisher, 'warn' | 'looked' | 'notices'>;
  /** What leads it now. */
  readonly lead: () => Pick<Lead, 'broken'> | undefined;
};

export class Standing {
  readonly book: FactBook;
  readonly #parts: StandingParts;
  #trouble: RunControlError | undefined;
  #waits: RunControlError | undefined;

  constructor(parts: StandingParts) {
    this.#parts = parts;
    this.book = new FactBook((type, fact) => this.#news(type, fact));
  }

  /** Its journal waits for the API server, and why; undefined: it does not. */
  waits(why: RunControlError | undefined): void {
    this.#waits = why;
    // While the API server is away nobody reads conditions; a right that is missing is missed until somebody looks.
    const isLed = this.#parts.lead() !== undefined;
    if (why !== undefined && (!isLed || isFault(why, 'forbidden')))
      this.book.deny('Led', 'JournalWaits', why.message);
    else if (why === undefined && isLed) this.book.set('Led', LED);
  }

  /** Why the last attempt to lead it, or to follow its edits, came to nothing; undefined: it did not. */
  failed(trouble: RunControlError | undefined): void {
    this.#trouble = trouble;
    if (trouble !== undefined && this.#parts.lead() === undefined)
      this.book.deny('Led', 'NotLed', trouble.message);
  }

  /** Its lead is broken, and `why` is what broke it. */
  broke(why: RunControlError | undefined): void {
    this.#trouble = why;
    this.book.deny('Led', 'Broken', this.whyNot());
  }

  /** What is wrong with it, one sentence each: first why it is not led. */
  wrongs(): readonly string[] {
    const waits = this.#waits;
    const waiting = waits === undefined ? '' : `its journal waits: ${waits.message}`;
    const broken = this.#parts.lead()?.broken?.message ?? '';
    const all = [broken, waiting, this.#trouble?.message ?? '', ...this.book.troubles];
    return [...new Set(all)].filter((sentence) => sentence !== '' && sentence !== waits?.message);
  }

  /** Why it is not led, or not as it is written; empty: all is well. */
  whyNot(): string {
    return this.wrongs().join('; ');
  }

  /** What people who look at it should know, one sentence each. */
  notices(): readonly string[] {
    return [...new Set([...this.wrongs(), ...this.#parts.publisher().notices()])];
  }

  /** What is answered to whoever asks for it while nothing leads it. `isRead`: its document was read once. */
  refusal(name: string, isRead: boolean): RunControlError {
    const why = this.whyNot();
    const known = this.#parts.lead()?.broken?.code ?? this.#trouble?.code;
    const code = known ?? (isRead || why === '' ? 'NO_LEADER' : 'MALFORMED');
    const sentence = why === '' ? 'it is being taken over; ask again' : `it is not led: ${why}`;
    return new RunControlError(code, `partition ${name}: ${sentence}`);
  }

  #news(type: string, { status, reason, message }: Fact): void {
    if (status === 'False') {
      this.#parts.log.warn({ condition: type, reason }, message);
      this.#parts.publisher().warn(reason, message);
    }
    this.#parts.publisher().looked();
  }
}
