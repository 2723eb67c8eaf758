// The floor's other side: for each request two moves of the machine, two writes of the state, one answer.

import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from '../../../protos/failure/invariant.ts';
import type { ControlRequest__Output } from '../../../protos/generated/baton/v1/ControlRequest.ts';
import type { ControlResponse } from '../../../protos/generated/baton/v1/ControlResponse.ts';
import { minimal } from '../../../protos/machine/minimal.ts';
import { compileMachine, initialValue, type MachineEvent, next } from '../../../sidecar/machine/compile.ts';
import { SLOT_BYTES } from '../../../sidecar/state/slot.ts';
import { type Reply, serveFan } from '../fan.ts';
import type { HostedPlaces, HostSetting } from '../messages.ts';
import { targetOf } from '../partition.ts';
import { INCARNATION } from './incarnation.ts';

const compiled = compileMachine(minimal);

/** Servers that do a target's duties. */
export function serveFloor(setting: HostSetting): Promise<HostedPlaces> {
  return serveFan(setting, (ordinal) => {
    const write = openSlots(join(setting.directories.memory, targetOf(ordinal)), setting.sizes.state);
    return target(write);
  });
}

/** Two slots of one file, written in turns: the newest state never takes the place of the one before. */
function openSlots(path: string, bytes: number): () => void {
  const file = openSync(path, 'w');
  const slot = Buffer.alloc(bytes, 'x');
  let writes = 0;
  return () => {
    writes += 1;
    writeSync(file, slot, 0, slot.length, (writes % 2) * SLOT_BYTES);
  };
}

function target(write: () => void): Reply {
  let value = initialValue(compiled);
  let stateNumber = 0;
  const move = (event: MachineEvent): void => {
    const moved = next(compiled, value, event);
    assert(moved !== undefined, 'every request is legal');
    value = moved;
    stateNumber += 1;
    write();
  };
  return ({ request, heartbeat }: ControlRequest__Output): ControlResponse => {
    if (!request) return { heartbeat: heartbeat ?? null };
    const { token, incarnation, transition, to } = request;
    move({ type: 'begin', transition });
    move({ type: 'done', state: to });
    const state = { incarnation: INCARNATION, stateNumber, state: value.state, attached: true };
    return { answer: { token, incarnation, kind: 'ANSWER_KIND_EXECUTED', state } };
  };
}
