// Operators: they ask, ask again when they hear nothing, and type things twice.

import type { Command } from '../../coordinator/core/model/operation.ts';
import type { OperationId } from '../../coordinator/core/model/partition.ts';
import type { Core } from '../../coordinator/core/model/picture.ts';
import type { Response } from '../../coordinator/core/model/turn.ts';
import { partitionState } from '../../coordinator/core/plan/members.ts';
import type { World } from './world.ts';

type Asked = { readonly id: OperationId; readonly command: Command; readonly highestSeen: number };

const NONE = {};

export class Clients {
  readonly #world: World;
  readonly #calls = new Map<number, Asked>();
  readonly #asked: Asked[] = [];
  #highestSeen = 0;
  #ids = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Somebody does something. */
  act(): void {
    // A shift crew that sees an unknown state does something about it, at once.
    if (this.#world.random() < 0.5 && this.#someoneIsLost())
      return void this.submit({ kind: 'recover', targets: [] });
    const dice = this.#world.random();
    const old = this.#asked[Math.floor(this.#world.random() * this.#asked.length)];
    if (dice < 0.12) return this.cancel();
    if (dice < 0.3 && old !== undefined) return this.#send(old);
    if (dice < 0.35 && old !== undefined) return this.#send({ ...old, command: this.#command() });
    this.submit(this.#command());
  }

  submit(command: Command): OperationId {
    this.#ids += 1;
    const id = `op-${this.#ids}` as OperationId;
    this.#send({ id, command, highestSeen: this.#highestSeen });
    return id;
  }

  cancel(): void {
    this.#world.anyCoordinator()?.push({ type: 'cancel', caller: this.#world.nextId(), id: '' });
  }

  responded(caller: number, response: Response, core: Core): void {
    const asked = this.#calls.get(caller);
    this.#calls.delete(caller);
    if (asked === undefined || this.#world.chance(this.#world.faults.responseLost)) return;
    if (response.kind === 'trouble') {
      this.#world.note(() => `client: ${asked.id} ${response.code}: ${response.sentence}`);
      return;
    }
    const { open, finished, journalId, operationNumber } = core.journal;
    this.#highestSeen = Math.max(this.#highestSeen, operationNumber);
    if (response.id !== asked.id) return;
    const ended = finished.find((entry) => entry.operation.id === asked.id);
    const here = open?.operation.id === asked.id ? open.operation.number : operationNumber + 1;
    const number = ended?.operation.number ?? here;
    const outcome = ended?.outcome ?? 'open';
    this.#world.happened({
      kind: 'accepted',
      journalId,
      id: asked.id,
      command: asked.command,
      number,
      outcome,
    });
  }

  /** A restored or new journal: operators look again before they type. */
  lookAgain(highestSeen: number): void {
    this.#highestSeen = highestSeen;
    this.#asked.length = 0;
    this.#calls.clear();
  }

  #send(asked: Asked): void {
    this.#asked.push(asked);
    const caller = this.#world.nextId();
    this.#calls.set(caller, asked);
    this.#world.note(() => `client asks ${asked.id}: ${describe(asked.command)}`);
    const { id, command, highestSeen } = asked;
    this.#world.anyCoordinator()?.push({ type: 'submit', caller, id, command, highestSeen, operator: 'sim' });
    this.#world.schedule.after(this.#world.between(200, 900), () => {
      if (!this.#calls.delete(caller) || !this.#world.unkind) return;
      this.#world.sometimes('a client asked again with the same id');
      this.#send(asked);
    });
  }

  #someoneIsLost(): boolean {
    const fleet = this.#world.anyCoordinator()?.core.fleet.values() ?? [];
    return [...fleet].some((observation) => observation.reported?.state === '');
  }

  #command(): Command {
    const core = this.#world.anyCoordinator()?.core;
    const state = core === undefined ? 'unknown' : partitionState(core);
    const dice = this.#world.random();
    if (dice < 0.1) return { kind: 'recover', targets: [] };
    if (dice < 0.2) return { kind: 'goTo', state: dice < 0.15 ? 'idle' : 'running', arguments: NONE };
    if (dice < 0.25)
      return {
        kind: 'transition',
        name: ['start', 'enable', 'disable', 'drain', 'stop'][Math.floor(dice * 100) % 5] ?? 'stop',
        arguments: NONE,
      };
    if (dice < 0.3) return { kind: 'adopt', targets: [] };
    return { kind: 'sequence', name: state === 'idle' ? 'start_run' : 'stop_run', arguments: NONE };
  }
}

function describe(command: Command): string {
  return 'name' in command ? command.name : 'state' in command ? `go to ${command.state}` : command.kind;
}
