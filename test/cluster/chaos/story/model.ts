// What is broken as far as a story knows. It counts in steps, never in time: a story that is told twice is the same.

import type { Act, Trouble } from './acts.ts';

/** No more than so many troubles stand at once: else nothing that is tested ever runs. */
export const TROUBLES_MAX = 3;

/** A kubelet waits 0, 10, 20, 40 … seconds before it starts a container again, until its pod is another one. */
export const KILLS_MAX = 2;

/** The same for coordinators, of which there are two, and nobody knows which one will lead. */
export const LEADER_ENDS_MAX = 3;

export type Standing = { readonly trouble: Trouble; readonly until: number };

export type Model = {
  /** Troubles, each until that step begins. */
  readonly standing: readonly Standing[];
  /** How often containers have ended since their pods were new, by `<target>/<whose>`; coordinators as LEADER. */
  readonly ends: ReadonlyMap<string, number>;
  /** A run was begun, and nobody has asked to stop it. */
  readonly isRunning: boolean;
  /** Members of the readouts, as asked for last. */
  readonly readouts: number;
};

/** How many readouts the miniature DAQ has when nobody scales it. */
export const READOUTS = 4;

/** Nothing is broken, and nothing has happened. */
export const CALM: Model = { standing: [], ends: new Map(), isRunning: false, readouts: READOUTS };

const LEADER = 'leader';
const API_SERVER = 'the API server';
const READOUT_SET = 'the readouts';

/** The model once step `number` begins: what was to stand until then stands no more. */
export function atStep(model: Model, number: number): Model {
  return { ...model, standing: model.standing.filter(({ until }) => until > number) };
}

/** True when this may begin beside what stands. */
export function mayBegin(model: Model, act: Act): boolean {
  const taken = new Set(model.standing.flatMap(({ trouble }) => placesOf(trouble)));
  if (needsApiServer(act) && taken.has(API_SERVER)) return false;
  if (!isTrouble(act)) return true;
  if (model.standing.length >= TROUBLES_MAX) return false;
  if (placesOf(act).some((place) => taken.has(place))) return false;
  if (act.kind === 'apiServer' && model.standing.some(({ trouble }) => isUndoneByApiServer(trouble))) {
    return false;
  }
  return endsBy(act).every((end) => (model.ends.get(end) ?? 0) < limitOf(end));
}

/** The model after an act that lasts so many steps from step `number` on. */
export function after(model: Model, act: Act, { number, lasts }: Lasting): Model {
  if (!isTrouble(act)) return afterCommand(model, act);
  const standing = [...model.standing, { trouble: act, until: number + lasts }];
  const ends = new Map([...model.ends].filter(([end]) => !isNewBy(act, end)));
  for (const end of endsBy(act)) ends.set(end, (ends.get(end) ?? 0) + 1);
  return { ...model, standing, ends };
}

export type Lasting = { readonly number: number; readonly lasts: number };

/** True of what breaks something. */
export function isTrouble(act: Act): act is Trouble {
  return !['say', 'begin', 'mend', 'again', 'edit', 'rollout', 'quiet'].includes(act.kind);
}

function afterCommand(model: Model, act: Act): Model {
  if (act.kind === 'begin') return { ...model, isRunning: true };
  if (act.kind !== 'say') return model;
  const scaled = /^scale readout (\d+)$/.exec(act.line)?.[1];
  if (scaled !== undefined) return { ...model, readouts: Number(scaled) };
  return /^send (stop_run|shutdown)/.test(act.line) ? { ...model, isRunning: false } : model;
}

/** What cannot be broken twice at once. */
function placesOf(trouble: Trouble): readonly string[] {
  switch (trouble.kind) {
    case 'kill':
    case 'pause':
    case 'deletePod':
    case 'cutPod':
    case 'badHook':
      return [trouble.target];
    case 'cordon':
    case 'kubelet':
      return [trouble.node];
    case 'apiServer':
      return [API_SERVER];
    case 'scaleSet':
      return [READOUT_SET];
    case 'deleteAll':
      return ['all pods'];
    default:
      return [LEADER];
  }
}

/** Whoever does it asks the API server first. */
function needsApiServer(act: Act): boolean {
  switch (act.kind) {
    case 'deletePod':
    case 'deleteAll':
    case 'killCoordinator':
    case 'pauseLeader':
    case 'deleteLeader':
    case 'cutLeader':
    case 'cordon':
    case 'scaleSet':
    case 'edit':
    case 'rollout':
      return true;
    default:
      return false;
  }
}

function isUndoneByApiServer({ kind }: Trouble): boolean {
  return kind === 'cordon' || kind === 'scaleSet';
}

/** The containers that end by it, and are started again. */
function endsBy(trouble: Trouble): readonly string[] {
  switch (trouble.kind) {
    case 'kill':
      return [`${trouble.target}/${trouble.whose}`];
    case 'badHook':
      return trouble.bad.how === 'crash' ? [`${trouble.target}/process`] : [];
    case 'killCoordinator':
    case 'pauseLeader':
    case 'cutLeader':
      return [LEADER];
    default:
      return [];
  }
}

function limitOf(end: string): number {
  return end === LEADER ? LEADER_ENDS_MAX : KILLS_MAX;
}

/** True when the pod of that container is another one by this trouble. */
function isNewBy(trouble: Trouble, end: string): boolean {
  if (trouble.kind === 'deleteLeader') return end === LEADER;
  if (trouble.kind === 'deleteAll') return end !== LEADER;
  return trouble.kind === 'deletePod' && end.startsWith(`${trouble.target}/`);
}
