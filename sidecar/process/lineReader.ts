// Bytes of a pipe as lines, however long the lines that somebody writes into it.

/** Longest line that is taken, in bytes; the rest of a longer one is dropped. */
export const LINE_BYTES_MAX = 131_072;

/** One line without its end. `cut`: it was longer, and this is only how it begins. */
export type Line = { readonly text: string; readonly cut: boolean };

/** Gives each whole line to `take`. What comes after the last line's end is no line yet, and never may be. */
export class LineReader {
  readonly #take: (line: Line) => void;
  readonly #bytesMax: number;
  #parts: Buffer[] = [];
  #bytes = 0;
  #cut = false;

  constructor(take: (line: Line) => void, bytesMax: number = LINE_BYTES_MAX) {
    this.#take = take;
    this.#bytesMax = bytesMax;
  }

  push(chunk: Buffer): void {
    let from = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, from)) {
      this.#keep(chunk.subarray(from, end));
      this.#flush();
      from = end + 1;
    }
    this.#keep(chunk.subarray(from));
  }

  #keep(bytes: Buffer): void {
    const room = this.#bytesMax - this.#bytes;
    if (bytes.length > room) this.#cut = true;
    if (room === 0 || bytes.length === 0) return;
    // A copy: a part of a large chunk would keep the whole of it alive.
    this.#parts.push(Buffer.from(bytes.subarray(0, room)));
    this.#bytes += Math.min(bytes.length, room);
  }

  #flush(): void {
    const line = { text: Buffer.concat(this.#parts).toString('utf8').replace(/\r$/, ''), cut: this.#cut };
    this.#parts = [];
    this.#bytes = 0;
    this.#cut = false;
    this.#take(line);
  }
}
