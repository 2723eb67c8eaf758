// What a command prints, as much of it as is of use.

import { type Exit, exitWords } from '../../../protos/exit.ts';
import { SENTENCE_CHARACTERS_MAX } from '../../../protos/sentence.ts';
import { sentence } from '../said.ts';

/** Of the standard output its beginning is kept, in bytes. */
export const HEAD_BYTES_MAX = 4_096;

/** Of the standard error its end is kept, in bytes. */
export const TAIL_BYTES_MAX = 4_096;

/** The first bytes. */
export class Head {
  #bytes: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): void {
    const room = HEAD_BYTES_MAX - this.#bytes.length;
    if (room > 0) this.#bytes = Buffer.concat([this.#bytes, chunk.subarray(0, room)]);
  }

  text(): string {
    return this.#bytes.toString('utf8');
  }
}

/** The last bytes. */
export class Tail {
  #bytes: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk.subarray(-TAIL_BYTES_MAX)]).subarray(-TAIL_BYTES_MAX);
  }

  text(): string {
    // The first character may have lost its beginning.
    return this.#bytes.toString('utf8').replace(/^\uFFFD+/, '');
  }
}

/** Why a command did not succeed: how it ended, and the end of what it complained of, within one sentence. */
export function causeOf(exit: Exit, complaints: string): string {
  const words = exitWords(exit);
  const said = complaints.replaceAll(/\s+/g, ' ').trim();
  if (said === '') return sentence(words);
  const room = SENTENCE_CHARACTERS_MAX - words.length - 2;
  return `${words}: ${said.length > room ? `…${said.slice(1 - room)}` : said}`;
}
