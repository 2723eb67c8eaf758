// The coordinator's end of a control stream, in a test's hands.

import { type ClientDuplexStream, credentials, type ServiceError } from '@grpc/grpc-js';
import type { ControlRequest } from '../../protos/generated/baton/v1/ControlRequest.ts';
import type { ControlResponse__Output } from '../../protos/generated/baton/v1/ControlResponse.ts';
import type { Hello } from '../../protos/generated/baton/v1/Hello.ts';
import type { Request } from '../../protos/generated/baton/v1/Request.ts';
import type { State__Output } from '../../protos/generated/baton/v1/State.ts';
import { v1 } from '../../protos/load.ts';
import { machineHash } from '../../protos/machine/hash.ts';
import { minimal } from '../../protos/machine/minimal.ts';
import { condition } from './condition.ts';

export const HELLO = {
  contractVersion: 1,
  partition: 'daq',
  target: 'readout-3',
  journalId: 'journal-1',
  epoch: 1,
  closedThrough: 0,
  heartbeatIntervalMs: 1_000,
} as const satisfies Hello;

export class TestCoordinator implements Disposable {
  readonly heard: ControlResponse__Output[] = [];
  ended: ServiceError | 'ended' | undefined;
  readonly #client: InstanceType<typeof v1.Sidecar>;
  readonly stream: ClientDuplexStream<ControlRequest, ControlResponse__Output>;

  constructor(address: string) {
    this.#client = new v1.Sidecar(address, credentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1,
    });
    this.stream = this.#client.control();
    this.stream.on('data', (message: ControlResponse__Output) => this.heard.push(message));
    this.stream.on('error', (error: ServiceError) => {
      this.ended = error;
    });
    this.stream.on('end', () => {
      this.ended ??= 'ended';
    });
  }

  /** Says Hello and waits for the Welcome. */
  static async welcomed(address: string, hello: Hello = {}): Promise<TestCoordinator> {
    const coordinator = new TestCoordinator(address);
    coordinator.stream.write({ hello: { ...HELLO, ...hello } });
    await coordinator.until('welcome', () => coordinator.heard.some((each) => each.welcome));
    return coordinator;
  }

  /** The newest State that was told, in whatever message. */
  get state(): State__Output | undefined {
    const states = this.heard.map((each) => each.state ?? each.answer?.state ?? each.welcome?.state);
    return states.findLast((state) => state) ?? undefined;
  }

  /** Waits until the target is attached and gives its incarnation. */
  async incarnation(): Promise<string> {
    await this.until('attached', () => this.state?.attached === true);
    return this.state?.incarnation ?? '';
  }

  async until(what: string, holds: () => boolean): Promise<void> {
    await condition(
      `${what}; heard ${JSON.stringify(this.heard.slice(-3))}, ended ${String(this.ended)}`,
      holds,
    );
  }

  /** Sends a request for step 0 of an operation; the rest by default fits a fresh `minimal` process. */
  async ask(operationNumber: number, transition: string, changed: Request = {}): Promise<void> {
    const incarnation = changed.incarnation ?? (await this.incarnation());
    const token = { operationNumber, step: 0, operationId: `op-${operationNumber}` };
    const [from, to] = transition === 'start' ? ['idle', 'running'] : ['running', 'idle'];
    const fixed = { machineHash: machineHash(minimal), argumentsJson: '{}', budgetMs: 5_000, runNumber: 7 };
    this.stream.write({ request: { token, incarnation, transition, from, to, ...fixed, ...changed } });
  }

  /** The answers so far, as `operation:kind` or `operation:CODE`. */
  get answers(): readonly string[] {
    return this.heard.flatMap(({ answer }) => {
      if (!answer) return [];
      const kind = answer.kind.replace('ANSWER_KIND_', '').toLowerCase();
      const word = kind === 'refused' ? answer.code.replace('REFUSAL_CODE_', '') : kind;
      return [`${answer.token?.operationNumber}:${word}`];
    });
  }

  async untilAnswers(...wanted: readonly string[]): Promise<void> {
    await this.until(`answers ${wanted}`, () => this.answers.length >= wanted.length);
    if (this.answers.join() !== wanted.join()) throw new Error(`want ${wanted}, got ${this.answers}`);
  }

  [Symbol.dispose](): void {
    this.stream.cancel();
    this.#client.close();
  }
}
