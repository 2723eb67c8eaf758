import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Ledger, readLedger } from './run/ledger.ts';
import { ledgerPath, runPaths } from './run/names.ts';
import { type Report, reportText, verifyRun } from './verify.ts';
import { encodeFragment, parseFragment } from './wire/fragment.ts';
import { encodeFrame } from './wire/frame.ts';
import { encodeMessage, type RecordMessage } from './wire/messages.ts';
import { RunFile } from './writer/file.ts';
import { readHdf5 } from './writer/hdf5.ts';

const RUN = 12;
const RECORDS = 5;
const READOUTS = 2;

let dataDir = '';
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'daq-verify-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

function fragment(readout: number, number: number, payload = `payload ${readout}`): Buffer {
  const head = { run: RUN, number, readout, timestampNs: 1_700_000_000_123_456_789n };
  return encodeFragment(head, Buffer.from(payload));
}

function record(number: number, changed: Partial<RecordMessage> = {}): RecordMessage {
  const fragments = Array.from({ length: READOUTS }, (_, readout) => fragment(readout, number));
  const stamp = { run: RUN, number, timestampNs: 1_700_000_000_123_456_789n, sequence: 0 };
  return { kind: 'record', ...stamp, incomplete: false, expected: READOUTS, fragments, ...changed };
}

const allRecords = Array.from({ length: RECORDS }, (_, index) => record(index + 1));

/** Ledgers of a run of RECORDS records, all read out and built. */
function writeLedgers(): void {
  for (let readout = 0; readout < READOUTS; readout += 1) {
    const ledger = new Ledger(ledgerPath(dataDir, RUN, `readout-${readout}`));
    for (const each of allRecords) {
      const bytes = fragment(readout, each.number);
      ledger.append([each.number, parseFragment(bytes)?.crc ?? 0, bytes.length]);
    }
    ledger.close();
  }
  const built = new Ledger(ledgerPath(dataDir, RUN, 'builder-0'));
  for (const each of allRecords) built.append([each.number, 0, READOUTS]);
  built.close();
}

async function writeRun(records: readonly RecordMessage[]): Promise<void> {
  const file = await RunFile.create(dataDir, RUN);
  for (const each of records) file.add(each);
  file.finish();
}

function writeRaw(records: readonly RecordMessage[]): string {
  const { raw } = runPaths(dataDir, RUN);
  writeFileSync(raw, Buffer.concat(records.map((each) => encodeFrame(encodeMessage(each)))));
  return raw;
}

function damagedFragment(readout: number, number: number): Buffer {
  const bytes = fragment(readout, number);
  bytes.writeUInt8(bytes.readUInt8(40) ^ 1, 40);
  return bytes;
}

const clean = { readOut: 10, built: 10, written: 10, missing: 0, double: 0, corrupt: 0 };

async function verified(): Promise<Report> {
  return await verifyRun(dataDir, RUN);
}

describe('the verifier', () => {
  it('finds nothing wrong where nothing is', async () => {
    writeLedgers();
    await writeRun(allRecords);
    const report = await verified();
    expect(report).toMatchObject({ ok: true, fragments: clean, notes: [] });
    expect(report.records).toEqual({ built: 5, written: 5, incomplete: 0 });
    expect(reportText(report)).toBe(
      [
        `run 12: ${runPaths(dataDir, RUN).hdf5}`,
        '  read out    10 fragments',
        '  built       10 fragments in 5 records',
        '  written     10 fragments in 5 records',
        '  incomplete   0 records, flagged',
        '  missing      0 fragments',
        '  double       0 fragments',
        '  corrupt      0 fragments',
        '',
      ].join('\n'),
    );
  });

  it('counts what is missing, flagged or not', async () => {
    writeLedgers();
    const flagged = record(5, { incomplete: true, fragments: [fragment(0, 5)] });
    await writeRun([...allRecords.slice(0, 3), flagged]);
    const report = await verified();
    expect(report).toMatchObject({ ok: false, fragments: { ...clean, written: 7, missing: 3 } });
    expect(report.records).toEqual({ built: 5, written: 4, incomplete: 1 });
  });

  it('takes an incomplete record with its late part for whole', async () => {
    writeLedgers();
    const early = record(5, { incomplete: true, fragments: [fragment(0, 5)] });
    const late = record(5, { incomplete: true, sequence: 1, fragments: [fragment(1, 5)] });
    await writeRun([...allRecords.slice(0, 4), early, late]);
    expect(await verified()).toMatchObject({
      ok: true,
      fragments: clean,
      records: { incomplete: 1, written: 5 },
    });
  });

  it('counts what is there twice, in the file or in a ledger', async () => {
    writeLedgers();
    const again = record(5, { sequence: 1, incomplete: true, fragments: [fragment(1, 5)] });
    await writeRun([...allRecords, again]);
    expect((await verified()).fragments).toEqual({ ...clean, double: 1 });
    const path = ledgerPath(dataDir, RUN, 'readout-0');
    appendFileSync(path, readFileSync(path).subarray(0, 16));
    expect(await verified()).toMatchObject({ ok: false, fragments: { ...clean, double: 2 } });
  });
});

describe('the verifier of damaged data', () => {
  it.each([
    ['a damaged fragment', { fragments: [fragment(0, 5), damagedFragment(1, 5)] }, 9],
    ['a fragment of another record', { fragments: [fragment(0, 5), fragment(1, 4)] }, 9],
    [
      'a fragment that is not as it was read out',
      { fragments: [fragment(0, 5), fragment(1, 5, 'other')] },
      9,
    ],
    ['a fragment that no ledger knows', { fragments: [fragment(0, 5), fragment(1, 5), fragment(7, 5)] }, 10],
    ['a fragment that tells nothing', { fragments: [fragment(0, 5), Buffer.from('?')] }, 9],
    ['a record that hides what it lacks', { fragments: [fragment(0, 5)] }, 9],
    ['a record of another run', { run: 99 }, 10],
  ])('counts %s as corrupt', async (_, changed, written) => {
    writeLedgers();
    await writeRun([...allRecords.slice(0, 4), record(5, changed)]);
    const { ok, fragments } = await verified();
    expect(ok).toBe(false);
    expect(fragments).toMatchObject({ written, corrupt: 1, double: 0 });
  });

  it('counts a fragment that is damaged as corrupt and not as missing too', async () => {
    writeLedgers();
    await writeRun([
      ...allRecords.slice(0, 4),
      record(5, { fragments: [fragment(0, 5), damagedFragment(1, 5)] }),
    ]);
    expect((await verified()).fragments.missing).toBe(0);
  });

  it('counts a run that was cut short from its raw file, and tells the torn tail', async () => {
    writeLedgers();
    const raw = writeRaw(allRecords.slice(0, 4));
    truncateSync(raw, readFileSync(raw).length - 3);
    const report = await verified();
    expect(report).toMatchObject({ ok: false, fragments: { ...clean, written: 6, missing: 4 } });
    expect(report.notes[0]).toContain('was never closed');
    expect(report.notes[1]).toContain('ends inside a record');
  });

  it('goes on after a damaged record of the raw file', async () => {
    writeLedgers();
    const raw = writeRaw(allRecords);
    const bytes = readFileSync(raw);
    bytes.writeUInt8(bytes.readUInt8(30) ^ 1, 30);
    writeFileSync(raw, bytes);
    expect((await verified()).fragments).toEqual({ ...clean, written: 8, missing: 2, corrupt: 1 });
  });

  it.each([
    ['no HDF5', Buffer.from('not HDF5')],
    ['empty', Buffer.alloc(0)],
  ])('takes all for missing when the file is %s, and says so', async (_, content) => {
    writeLedgers();
    writeFileSync(runPaths(dataDir, RUN).hdf5, content);
    const report = await verified();
    expect(report).toMatchObject({ ok: false, fragments: { ...clean, written: 0, missing: 10 } });
    expect(report.notes.join()).toContain('the file is unreadable, so all is missing');
  });
});

describe('the verifier without all files', () => {
  it('takes all for missing when the HDF5 file is cut', async () => {
    writeLedgers();
    await writeRun(allRecords);
    const { hdf5 } = runPaths(dataDir, RUN);
    truncateSync(hdf5, Math.floor(readFileSync(hdf5).length / 2));
    expect(await verified()).toMatchObject({ ok: false, fragments: { written: 0, missing: 10 } });
  });

  it('takes all for missing when there is no file', async () => {
    writeLedgers();
    const report = await verified();
    expect(report.fragments).toEqual({ ...clean, written: 0, missing: 10 });
    expect(reportText(report)).toContain('note: the run has no file');
  });

  it('refuses a run of which there is nothing', async () => {
    await expect(verifyRun(dataDir, 77)).rejects.toThrow('neither ledgers nor a file of run 77');
  });

  it('does not ask for an entry that was torn, and tells a damaged one', async () => {
    writeLedgers();
    await writeRun(allRecords);
    const path = ledgerPath(dataDir, RUN, 'readout-1');
    appendFileSync(path, Buffer.alloc(7));
    const torn = await verified();
    expect(torn).toMatchObject({ ok: true, fragments: clean });
    expect(torn.notes).toEqual(['the ledger of readout-1 ends inside an entry, which nobody heard of']);
    appendFileSync(path, Buffer.alloc(9, 1));
    expect(await verified()).toMatchObject({ ok: false, fragments: { corrupt: 1 } });
  });
});

describe('a ledger', () => {
  it('is read as it was written and never opened twice', () => {
    mkdirSync(join(dataDir, 'ledgers'));
    const path = join(dataDir, 'ledgers', 'readout-0.ledger');
    const ledger = new Ledger(path);
    ledger.append([1, 4_294_967_295, 7]);
    expect(readLedger(path)).toEqual({ entries: [[1, 4_294_967_295, 7]], tornBytes: 0, damaged: 0 });
    expect(() => new Ledger(path)).toThrow('EEXIST');
    ledger.close();
  });
});

describe('the file of a run', () => {
  it('is raw until it is finished, and then HDF5 alone', async () => {
    const paths = runPaths(dataDir, RUN);
    const file = await RunFile.create(dataDir, RUN);
    expect(RunFile.taken(dataDir, RUN)).toBe(paths.raw);
    file.add(record(1));
    expect(readFileSync(paths.raw)).toHaveLength(0);
    file.flush();
    expect(readFileSync(paths.raw).length).toBeGreaterThan(0);
    file.finish();
    expect(RunFile.taken(dataDir, RUN)).toBe(paths.hdf5);
    expect(() => readFileSync(paths.raw)).toThrow('ENOENT');
    expect(() => readFileSync(paths.part)).toThrow('ENOENT');
    const read = [];
    for await (const each of readHdf5(paths.hdf5)) read.push(each);
    expect(read).toEqual([record(1)]);
  });

  it('stays raw and whole when HDF5 does not take a record', async () => {
    writeLedgers();
    const file = await RunFile.create(dataDir, RUN);
    for (const each of [...allRecords, record(5)]) file.add(each);
    expect(() => file.finish()).toThrow('cannot add record 5');
    expect((await verified()).fragments).toEqual({ ...clean, double: 2 });
  });
});
