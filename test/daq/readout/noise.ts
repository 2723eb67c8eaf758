/** Makes payloads that look like samples of a detector: the same for the same readout and number. */
export class Noise {
  readonly #pool: Buffer;
  readonly #payloadBytes: number;

  constructor(options: { readonly ordinal: number; readonly payloadBytes: number }) {
    this.#payloadBytes = options.payloadBytes;
    this.#pool = Buffer.alloc(options.payloadBytes + STRIDE_MAX);
    let value = options.ordinal + 1;
    for (let at = 0; at < this.#pool.length; at += 1) {
      // A linear congruential generator is random enough for bytes that only a CRC will look at.
      value = (Math.imul(value, 1_664_525) + 1_013_904_223) >>> 0;
      this.#pool[at] = value >>> 24;
    }
  }

  /** A view of the pool, valid for ever. */
  payload(number: number): Buffer {
    const from = number % STRIDE_MAX;
    return this.#pool.subarray(from, from + this.#payloadBytes);
  }
}

/** Payloads repeat after so many records. */
const STRIDE_MAX = 4_093;
