// A client that watches a partition all the time: what tests wait on, and what a client was told.

import { setTimeout as wait } from 'node:timers/promises';
import { type Connection, connect } from '../../coordinator/cli/client.ts';
import { type Followed, follow } from '../../coordinator/cli/follow.ts';
import type { Picture } from '../../coordinator/cli/picture.ts';
import { textToken } from '../../coordinator/cli/token/open.ts';
import { type Dialling, PLAINTEXT_HERE } from '../../protos/credentials/dialling.ts';
import type { Operation__Output } from '../../protos/generated/baton/v1/Operation.ts';
import type { TargetView__Output } from '../../protos/generated/baton/v1/TargetView.ts';
import type { HistoryEvent } from '../promises/history.ts';
import { type Happened, NOWHERE } from './happened.ts';

/** How long a test waits for what it wants to see, in milliseconds. */
const PATIENCE_MS = 60_000;
const CALL_MS_MAX = 5_000;

export type Eye = AsyncDisposable & {
  /** Resolves with the first picture for which it holds, the present one included; rejects after `limitMs`. */
  readonly until: (
    sentence: string,
    holds: (picture: Picture) => boolean,
    limitMs?: number,
  ) => Promise<Picture>;
  readonly happened: readonly Happened[];
};

/** Watches the coordinator at `address`, through its deaths, until it is disposed of; shows `token` if there is one. */
export function openEye(address: string, dialling: Dialling = PLAINTEXT_HERE, token?: string): Eye {
  const closing = new AbortController();
  const happened: Happened[] = [];
  const looks = new Set<(picture: Picture) => void>();
  let picture: Picture | undefined;
  let lost = '';
  const take = (followed: Followed) => {
    if (followed.kind === 'lost') lost = `; since then: ${followed.cause}`;
    if (followed.kind !== 'change') return;
    lost = '';
    picture = followed.picture;
    happened.push(...toldBy(followed.response));
    for (const look of [...looks]) look(picture);
  };
  const shown = token === undefined ? undefined : textToken(token);
  const connection = connect(address, CALL_MS_MAX, { dialling, shown });
  const watching = watch(connection, closing.signal, take);
  return {
    happened,
    until: async (sentence, holds, limitMs = PATIENCE_MS) => {
      const { promise, resolve } = Promise.withResolvers<Picture>();
      const look = (present: Picture) => {
        if (holds(present)) resolve(present);
      };
      if (picture !== undefined) look(picture);
      looks.add(look);
      const limit = new AbortController();
      const late = wait(limitMs, undefined, { signal: limit.signal }).catch(() => undefined);
      const found = await Promise.race([promise, late]);
      looks.delete(look);
      limit.abort();
      if (found === undefined)
        throw new Error(`never seen: ${sentence}; last seen: ${words(picture)}${lost}`);
      return found;
    },
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await watching;
    },
  };
}

async function watch(opened: Connection, signal: AbortSignal, take: (followed: Followed) => void) {
  using connection = opened;
  const world = {
    nowMs: () => performance.now(),
    sleep: async (milliseconds: number, stop: AbortSignal) => {
      await wait(milliseconds, undefined, { signal: stop }).catch(() => undefined);
    },
  };
  const silenceMsMax = Number.POSITIVE_INFINITY;
  for await (const each of follow(connection, { world, signal, silenceMsMax })) take(each);
}

type Told = Extract<Followed, { kind: 'change' }>['response'];

function toldBy({ snapshot, target, operation }: Told): readonly Happened[] {
  const targets = snapshot ? snapshot.targets : target ? [target] : [];
  const operations = snapshot?.operation ?? operation;
  const events = [...targets.flatMap(pictured), ...(operations ? accepted(operations) : [])];
  const atMs = Date.now();
  return events.map((event) => ({ atMs, place: NOWHERE, event }));
}

function pictured(view: TargetView__Output): readonly HistoryEvent[] {
  const { target, incarnation, stateNumber, state, inError } = view;
  // What is not seen now is shown as unknown, which nobody told.
  if (!view.connected || incarnation === '') return [];
  return [{ kind: 'pictured', target, incarnation, stateNumber, state, inError }];
}

const OUTCOMES = {
  OPERATION_STATUS_UNSPECIFIED: 'open',
  OPERATION_STATUS_OPEN: 'open',
  OPERATION_STATUS_SUCCEEDED: 'succeeded',
  OPERATION_STATUS_FAILED: 'failed',
  OPERATION_STATUS_CANCELLED: 'cancelled',
} as const satisfies Record<Operation__Output['status'], string>;

function accepted({ id, number, status }: Operation__Output): readonly HistoryEvent[] {
  // Whoever puts events together knows the journal, and from it the command.
  const command = { kind: 'recover', targets: [] } as const;
  return [{ kind: 'accepted', journalId: '', id, command, number, outcome: OUTCOMES[status] }];
}

function words(picture: Picture | undefined): string {
  if (picture === undefined) return 'nothing';
  const { state, operation } = picture.partition;
  const targets = [...picture.targets.values()].map(({ view }) => {
    const facts = [view.state || 'unknown', view.doing, view.inError ? 'in error' : '', view.trouble];
    return `${view.target} ${facts.filter((fact) => fact !== '').join(' ')}`;
  });
  return [state, `${operation?.title} ${operation?.status} ${operation?.cause}`, ...targets].join(', ');
}
