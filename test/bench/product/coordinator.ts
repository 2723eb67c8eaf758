// The product: the coordinator's own event loop, core, journal and streams, put together as coordinator.ts
// does it, without its server: who submits stands in the same process.

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Logger } from 'pino';
import { Watchers } from '../../../coordinator/api/watchers.ts';
import { systemClock } from '../../../coordinator/clock.ts';
import { initialCore } from '../../../coordinator/core/core.ts';
import type { OperationId, Partition } from '../../../coordinator/core/model/partition.ts';
import type { Discovery } from '../../../coordinator/fleet/discovery.ts';
import { Dispatcher } from '../../../coordinator/fleet/dispatcher.ts';
import { openSqliteJournal } from '../../../coordinator/journal/sqlite.ts';
import { greetingOf } from '../../../coordinator/leading.ts';
import { openLog } from '../../../coordinator/log.ts';
import { type Change, Sequencer } from '../../../coordinator/sequencer.ts';
import { assert } from '../../../protos/failure/invariant.ts';
import { decodeSlot, SLOT_BYTES } from '../../../sidecar/state/slot.ts';
import type { Fleet } from '../client.ts';
import type { ClientSetting, HostedPlaces, Sizes } from '../messages.ts';
import { edgeOf, partitionOf, targetOf } from '../partition.ts';

/** The longest that a document may ask for: heartbeats would make the other ways slower, not this one. */
const HEARTBEAT_MS = 60_000;

/** A coordinator that leads all targets. */
export async function leadProduct(setting: ClientSetting, places: HostedPlaces): Promise<Fleet> {
  const partition = partitionOf(setting.targets);
  const path = join(setting.directories.disk, 'journal.db');
  const { sequencer, changed } = await lead(partition, {
    path,
    discovery: fixedPlaces(places),
    // As the program does, but into a file beside the journal.
    log: openLog(
      setting.log === 'none' ? 'silent' : 'info',
      join(setting.directories.disk, 'coordinator.log'),
    ),
  });
  await changed(() =>
    [...sequencer.core.fleet.values()].every(({ reported }) => reported?.attached === true),
  );
  let operations = 0;
  return {
    operate: async () => {
      await submit(sequencer, operations);
      operations += 1;
      await changed(() => sequencer.core.journal.open === undefined);
      assert(sequencer.core.journal.finished.at(-1)?.outcome === 'succeeded', 'every operation succeeds');
    },
    sizes: () => ({ state: slotBytes(setting.directories.memory), ...recordSizes(path) }),
  };
}

type Led = {
  readonly sequencer: Sequencer;
  /** Resolves once `holds`, which is asked after each turn. */
  changed(holds: () => boolean): Promise<void>;
};

async function lead(
  partition: Partition,
  { path, discovery, log }: { path: string; discovery: Discovery; log: Logger },
): Promise<Led> {
  const journal = openSqliteJournal(path);
  const { state, at } = await journal.read();
  const clock = systemClock;
  const surroundings = () => ({ nowMs: clock().monotonicMs, addressOf: () => '' });
  const watchers = new Watchers({ core: () => sequencer.core, surroundings });
  let look = (): void => undefined;
  const onChange = (change: Change): void => {
    watchers.changed(change);
    if (change.recorded || !isLed) look();
  };
  let isLed = false;
  const core = initialCore(partition, state);
  const sequencer = new Sequencer({ core, at, journal, clock, log, onChange, onFatal: rethrow });
  const dispatcher = new Dispatcher({
    targets: [...core.fleet.keys()],
    discovery,
    greeting: (target) => greetingOf(sequencer.core, target),
    post: (event) => sequencer.post(event),
    clock,
    random: Math.random,
    log,
    heartbeatMs: HEARTBEAT_MS,
  });
  await sequencer.start(dispatcher, randomUUID());
  const changed = async (holds: () => boolean): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    look = () => {
      if (holds()) resolve();
    };
    look();
    await promise;
    isLed = true;
  };
  return { sequencer, changed };
}

async function submit(sequencer: Sequencer, operation: number): Promise<void> {
  const response = await sequencer.ask((caller) => ({
    type: 'submit',
    caller,
    id: `operation-${operation}` as OperationId,
    command: { kind: 'transition', name: edgeOf(operation).transition, arguments: {} },
    highestSeen: sequencer.core.journal.operationNumber,
    operator: 'bench',
  }));
  assert(response.kind === 'operation', `every operation is accepted: ${JSON.stringify(response)}`);
}

function rethrow(error: unknown): never {
  throw error;
}

function fixedPlaces(places: HostedPlaces): Discovery {
  const byTarget = new Map(places.map(({ target, ...place }) => [target, place]));
  return { places: () => byTarget, onChange: () => undefined, [Symbol.dispose]: () => undefined };
}

/** How long the records of the last operation are: accepted, then waveDone and finished. */
function recordSizes(path: string): Pick<Sizes, 'accepted' | 'ended'> {
  const database = new DatabaseSync(path, { readOnly: true });
  const rows = database
    .prepare('SELECT length(record) AS bytes FROM records ORDER BY record_index DESC LIMIT 3')
    .all();
  database.close();
  const [finished = 0, waveDone = 0, accepted = 0] = rows.map((row) => Number(row['bytes']));
  return { accepted, ended: [waveDone, finished] };
}

/** How much of a slot counts: its header and its text. */
function slotBytes(directory: string): number {
  const slot = readFileSync(join(directory, targetOf(0))).subarray(0, SLOT_BYTES);
  const read = decodeSlot(slot);
  assert(read.kind === 'text', 'a sidecar that has run remembers');
  return SLOT_HEADER_BYTES + Buffer.byteLength(read.text);
}

const SLOT_HEADER_BYTES = 24;
