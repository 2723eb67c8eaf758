// HDF5 by h5wasm, laid out as DUNE lays out raw data: a group per trigger record, a dataset per fragment.

import { type Dataset, File, type Group, ready } from 'h5wasm/node';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import type { RecordMessage } from '../wire/messages.ts';

const RECORD = 'TriggerRecord';
const RAW_DATA = 'RawData';

/** An HDF5 file that is being written: nothing in it can be relied on before it is closed. */
export class Hdf5Writer {
  readonly #file: File;
  #records = 0;

  private constructor(file: File) {
    this.#file = file;
  }

  /** Makes a new file. Throws RunControlError STORAGE when it cannot, also when there is one already. */
  static async create(path: string, run: number): Promise<Hdf5Writer> {
    const library = await ready;
    // Otherwise the library prints its troubles and goes on.
    library.activate_throwing_error_handler();
    const file = guarded(`create ${path}`, () => new File(path, 'x'));
    guarded(`write ${path}`, () => file.create_attribute('run_number', run, null, '<I'));
    return new Hdf5Writer(file);
  }

  get records(): number {
    return this.#records;
  }

  /** Adds one record. Throws RunControlError STORAGE. */
  add(record: RecordMessage): void {
    guarded(`add record ${record.number}`, () => this.#add(record));
    this.#records += 1;
  }

  /** Throws RunControlError STORAGE. */
  close(): void {
    guarded('close the HDF5 file', () => {
      this.#file.create_attribute('recorded', this.#records, null, '<I');
      this.#file.flush();
      this.#file.close();
    });
  }

  #add(record: RecordMessage): void {
    const group = this.#file.create_group(groupName(record));
    group.create_attribute('run_number', record.run, null, '<I');
    group.create_attribute('trigger_number', record.number, null, '<I');
    group.create_attribute('trigger_timestamp_ns', BigUint64Array.of(record.timestampNs), [], '<Q');
    group.create_attribute('sequence_number', record.sequence, null, '<I');
    group.create_attribute('fragments_expected', record.expected, null, '<I');
    group.create_attribute('incomplete', record.incomplete ? 1 : 0, null, '<B');
    const data = group.create_group(RAW_DATA);
    record.fragments.forEach((bytes, index) => {
      data.create_dataset({ name: `Fragment_${index}`, data: new Uint8Array(bytes), dtype: '<B' });
    });
  }
}

/** Every record of a closed file, one after the other. Throws RunControlError STORAGE when it cannot be read. */
export async function* readHdf5(path: string): AsyncGenerator<RecordMessage> {
  const library = await ready;
  library.activate_throwing_error_handler();
  const file = guarded(`read ${path}`, () => new File(path, 'r'));
  try {
    const names = guarded(`read ${path}`, () => file.keys());
    const recorded = guarded(`read ${path}`, () => numberOf(file, 'recorded'));
    if (recorded !== names.length) {
      throw new RunControlError('STORAGE', `${path} says ${recorded} records and has ${names.length}`);
    }
    for (const name of names) yield guarded(`read ${path} ${name}`, () => readRecord(file, name));
  } finally {
    file.close();
  }
}

/** How many records the closed file at `path` has. Throws RunControlError STORAGE when it cannot be read. */
export function countHdf5(path: string): number {
  return guarded(`read ${path}`, () => {
    const file = new File(path, 'r');
    const count = file.keys().length;
    file.close();
    return count;
  });
}

function groupName(record: RecordMessage): string {
  return `${RECORD}${String(record.number).padStart(5, '0')}.${String(record.sequence).padStart(4, '0')}`;
}

function readRecord(file: File, name: string): RecordMessage {
  const group = member(file, name);
  const data = member(group, RAW_DATA);
  return {
    kind: 'record',
    run: numberOf(group, 'run_number'),
    number: numberOf(group, 'trigger_number'),
    timestampNs: BigInt(scalarOf(group, 'trigger_timestamp_ns')),
    sequence: numberOf(group, 'sequence_number'),
    incomplete: numberOf(group, 'incomplete') !== 0,
    expected: numberOf(group, 'fragments_expected'),
    fragments: data.keys().map((each) => bytesOf(data, each)),
  };
}

function member(group: Group, name: string): Group {
  const found = group.get(name);
  if (found !== null && 'create_group' in found) return found;
  throw new RangeError(`${name} is no group`);
}

function bytesOf(group: Group, name: string): Buffer {
  const found = group.get(name);
  const value = found !== null && isDataset(found) ? found.value : undefined;
  if (value instanceof Uint8Array) return Buffer.from(value);
  throw new RangeError(`${name} holds no bytes`);
}

function isDataset(found: object): found is Dataset {
  return 'value' in found;
}

function numberOf(group: Group, name: string): number {
  return Number(scalarOf(group, name));
}

function scalarOf(group: Group, name: string): number | bigint {
  const value = group.attrs[name]?.value;
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  throw new RangeError(`attribute ${name} is no number`);
}

function guarded<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new RunControlError('STORAGE', `cannot ${what}: ${innermost(error.message)}`, { cause: error });
  }
}

/** The library tells its whole stack of calls, `#006: file.c line 388 in f(): what is wrong`: the last is the cause. */
function innermost(story: string): string {
  return /.*#\d+: [^\n]*?\(\): ([^\n]*)/s.exec(story)?.[1] ?? story.split('\n', 1)[0] ?? '';
}
