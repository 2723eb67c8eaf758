// A TCP proxy that spoils the wire between two parts of Baton, on loopback and on a free port. What it can do
// to a wire is what networks do: delay it, cut it, fall silent, forget one end, and say the same thing twice.

import { connect, createServer, type Server, type Socket } from 'node:net';
import { type Direction, Pipe } from './pipe.ts';

export type { Direction } from './pipe.ts';

/** The ends of a wire: whoever dialled the proxy, and what the proxy has dialled for it. */
export type End = 'client' | 'upstream';

/** Bytes of a connection that are remembered for `repeat`; a test that needs more is not about repeating. */
export const RECORDED_BYTES_MAX = 1_048_576;

const BOTH: readonly Direction[] = ['up', 'down'];

/** Between a client and the `host:port` behind it. Faults may come and go while it runs. */
export class FaultProxy implements AsyncDisposable {
  /** `127.0.0.1:port`, where clients dial. */
  readonly address: string;
  readonly #server: Server;
  readonly #upstream: () => string;
  readonly #wires = new Set<Wire>();
  readonly #held = new Set<Direction>();
  #delayMs = 0;
  #accepted = 0;
  #isAway = false;

  /** Listens. `upstream` is asked for each connection anew: what starts again may listen somewhere else. */
  static async start(upstream: string | (() => string)): Promise<FaultProxy> {
    const server = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return new FaultProxy(server, typeof upstream === 'string' ? () => upstream : upstream);
  }

  private constructor(server: Server, upstream: () => string) {
    const bound = server.address();
    if (bound === null || typeof bound === 'string') throw new Error('it listens on a port');
    this.address = `127.0.0.1:${bound.port}`;
    this.#server = server;
    this.#upstream = upstream;
    server.on('connection', (client) => this.#accept(client));
  }

  /** Connections that clients have made so far. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Connections that stand at this moment. */
  get open(): number {
    return this.#wires.size;
  }

  /** Parcels that are on their way at this moment. */
  get carried(): number {
    return [...this.#wires].reduce((sum, wire) => sum + wire.carried, 0);
  }

  /** From now on each byte takes so long on its way, in milliseconds, in both directions. */
  delay(delayMs: number): void {
    this.#delayMs = delayMs;
  }

  /** Resets every connection at both ends (RST). The next one passes. */
  cut(): void {
    for (const wire of [...this.#wires]) wire.reset();
  }

  /** Resets every connection, and every further one as soon as it is made, until `heal`. */
  goAway(): void {
    this.#isAway = true;
    this.cut();
  }

  /**
   * Black hole, until `heal`: connections stand and new ones are accepted, but in these directions nothing
   * arrives. As on a real network nothing is lost either: what was sent comes late, after `heal`.
   */
  blackHole(directions: readonly Direction[] = BOTH): void {
    for (const direction of directions) this.#held.add(direction);
    for (const wire of this.#wires) wire.hold(this.#held);
  }

  /** Forgets one end of each connection: it is reset there, and the other end is never told. */
  halfOpen(forgotten: End): void {
    for (const wire of this.#wires) wire.forget(forgotten);
  }

  /**
   * Makes a second connection to the upstream for the newest one that stands, and says on it all that the
   * client has said so far: late copies of everything. What is answered on it is dropped.
   */
  repeat(): void {
    const wire = [...this.#wires].at(-1);
    if (wire === undefined) throw new Error('there is a connection to repeat');
    wire.repeat(this.#dial());
  }

  /** Nothing is spoiled any more. Connections that were cut or forgotten stay so. */
  heal(): void {
    this.#held.clear();
    this.#delayMs = 0;
    this.#isAway = false;
    for (const wire of this.#wires) wire.hold(this.#held);
  }

  /** Resets what stands and stops to listen. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(client: Socket): void {
    this.#accepted += 1;
    if (this.#isAway) {
      client.on('error', () => undefined);
      client.resetAndDestroy();
      return;
    }
    const wire = new Wire(client, this.#dial(), {
      delayMs: () => this.#delayMs,
      ended: () => this.#wires.delete(wire),
    });
    this.#wires.add(wire);
    wire.hold(this.#held);
  }

  #dial(): Socket {
    const at = this.#upstream().lastIndexOf(':');
    const [host, port] = [this.#upstream().slice(0, at), Number(this.#upstream().slice(at + 1))];
    return connect({ host, port, allowHalfOpen: true });
  }
}

type WireParts = { readonly delayMs: () => number; readonly ended: () => void };

/** One connection through the proxy. */
class Wire {
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #up: Pipe;
  readonly #down: Pipe;
  readonly #ended: () => void;
  readonly #said: Buffer[] = [];
  #bytesSaid = 0;
  #repeated: Socket | undefined;
  #isForgotten = false;

  constructor(client: Socket, upstream: Socket, { delayMs, ended }: WireParts) {
    this.#client = client;
    this.#upstream = upstream;
    this.#ended = ended;
    this.#up = new Pipe(client, upstream, delayMs);
    this.#down = new Pipe(upstream, client, delayMs);
    client.on('data', (bytes: Buffer) => this.#record(bytes));
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      // A reset at one end is one at the other, unless that one is not to be told.
      socket.on('error', () => undefined);
      socket.on('close', (hadError) => this.#closed(hadError));
    }
  }

  get carried(): number {
    return this.#up.carried + this.#down.carried;
  }

  hold(directions: ReadonlySet<Direction>): void {
    this.#up.hold(directions.has('up'));
    this.#down.hold(directions.has('down'));
  }

  reset(): void {
    for (const socket of [this.#client, this.#upstream, this.#repeated]) socket?.resetAndDestroy();
  }

  forget(end: End): void {
    this.#isForgotten = true;
    const [gone, kept] = end === 'client' ? [this.#client, this.#upstream] : [this.#upstream, this.#client];
    this.#up.stop();
    this.#down.stop();
    gone.resetAndDestroy();
    // What it still says goes nowhere, and nobody answers.
    kept.resume();
  }

  repeat(upstream: Socket): void {
    this.#repeated?.resetAndDestroy();
    this.#repeated = upstream;
    upstream.on('error', () => undefined);
    upstream.resume();
    upstream.write(Buffer.concat(this.#said));
  }

  #record(bytes: Buffer): void {
    this.#repeated?.write(bytes);
    this.#bytesSaid += bytes.length;
    if (this.#bytesSaid <= RECORDED_BYTES_MAX) this.#said.push(bytes);
  }

  #closed(hadError: boolean): void {
    if (this.#client.closed && this.#upstream.closed) {
      this.#repeated?.resetAndDestroy();
      this.#ended();
    } else if (hadError && !this.#isForgotten) this.reset();
  }
}
