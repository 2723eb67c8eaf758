import { RunControlError } from '../../../protos/failure/trouble.ts';

/** Collects the bytes of one message. */
export class ByteSink {
  readonly #parts: Uint8Array[] = [];

  u8(value: number): this {
    return this.#add(Buffer.from([value]));
  }

  u32(value: number): this {
    const part = Buffer.allocUnsafe(4);
    part.writeUInt32BE(value);
    return this.#add(part);
  }

  u64(value: bigint): this {
    const part = Buffer.allocUnsafe(8);
    part.writeBigUInt64BE(value);
    return this.#add(part);
  }

  /** Bytes with their length before them. */
  blob(value: Uint8Array): this {
    return this.u32(value.length).#add(value);
  }

  text(value: string): this {
    return this.blob(Buffer.from(value, 'utf8'));
  }

  done(): Buffer {
    return Buffer.concat(this.#parts);
  }

  #add(part: Uint8Array): this {
    this.#parts.push(part);
    return this;
  }
}

/** Reads one message; each read throws RunControlError MALFORMED beyond the end. */
export class ByteSource {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    return this.#take(1).readUInt8();
  }

  u32(): number {
    return this.#take(4).readUInt32BE();
  }

  u64(): bigint {
    return this.#take(8).readBigUInt64BE();
  }

  /** Bytes with their length before them; a view, no copy. */
  blob(): Buffer {
    return this.#take(this.u32());
  }

  text(): string {
    return this.blob().toString('utf8');
  }

  #take(count: number): Buffer {
    if (count > this.left) throw new RunControlError('MALFORMED', 'a message ends inside a field');
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }
}
