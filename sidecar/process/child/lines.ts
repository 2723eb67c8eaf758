// The child that obeys lines: what it is asked goes to its standard input, what it answers comes from its
// standard output, one JSON object a line.

import type { Writable } from 'node:stream';
import { findTransition, type Machine } from '../../../protos/machine/table.ts';
import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import type { Token } from '../../rules/model.ts';
import type { PerformCall } from '../adapter.ts';
import { LINE_BYTES_MAX, type Line } from '../lineReader.ts';
import { whenSilent } from '../silence.ts';
import type { Desk } from './desk.ts';
import type { Manner } from './manner.ts';
import { giveUpLine, isMessage, type Message, parseMessage, performLine } from './messages.ts';

export type LinesOptions = {
  readonly desk: Desk;
  readonly machine: Machine;
  readonly clock: Clock;
  readonly log: Log;
  /** The child's standard input. */
  readonly input: Writable;
  /** What the child says that is no message. */
  readonly say: (text: string) => void;
  /** A child that says no message for so long counts as hung, in milliseconds; undefined: for any time. */
  readonly silenceLimitMs: number | undefined;
};

/** Talks with the child in lines. */
export function linesManner(options: LinesOptions): Manner {
  return new Lines(options);
}

class Lines implements Manner {
  readonly #options: LinesOptions;
  #disarm: () => void = () => {};
  #lastComplaint = '';
  #gaveUp: Token | undefined;

  constructor(options: LinesOptions) {
    this.#options = options;
  }

  heard({ text, cut }: Line): void {
    if (!isMessage(text)) return this.#options.say(`${text}\n`);
    this.#listenOn();
    if (cut) return this.#complain(`a line of more than ${LINE_BYTES_MAX} bytes`);
    const message = parseMessage(text);
    if ('broken' in message) this.#complain(message.broken);
    else this.#take(message.value);
  }

  perform(call: PerformCall): void {
    const { desk, input, machine } = this.#options;
    desk.begin(call);
    const stopPath = findTransition(machine, call.transition)?.stopPath === true;
    input.write(performLine(call, stopPath));
  }

  /** Once for each hook: a child that does not read its input must not fill our memory. */
  giveUp(token: Token): void {
    if (this.#gaveUp === token) return;
    this.#gaveUp = token;
    this.#options.input.write(giveUpLine(token));
  }

  close(): void {
    this.#disarm();
  }

  #take(message: Message): void {
    const { desk } = this.#options;
    if (message.type === 'state') {
      this.#lastComplaint = '';
      desk.observe(message.state, message.trouble);
      return;
    }
    const { operationNumber, step, operationId } = message.token;
    if (desk.answer(message.token, message.end)) return;
    this.#complain(
      `an answer to operation ${operationNumber} step ${step} (${operationId}), which does not run`,
    );
  }

  /** Logged once until it says where it is again: the log belongs to others too. */
  #complain(what: string): void {
    const words = `the process said ${what}`;
    if (words === this.#lastComplaint) return;
    if (this.#lastComplaint === '') this.#options.log.warn({ words }, 'process is not understood');
    this.#lastComplaint = words;
    this.#options.desk.complain(words);
  }

  #listenOn(): void {
    const { clock, silenceLimitMs, desk } = this.#options;
    this.#disarm();
    if (silenceLimitMs === undefined) return;
    this.#disarm = whenSilent(clock, silenceLimitMs, () => {
      desk.lose(`the process said nothing for ${silenceLimitMs} ms`);
    });
  }
}
