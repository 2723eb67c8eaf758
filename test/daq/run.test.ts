import { once } from 'node:events';
import { mkdtempSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Daq, type Driven, endProcess, perform, startProcess, troubleOf } from './drive.ts';
import { ledgerPath } from './run/names.ts';
import { verifyRun } from './verify.ts';

// Five processes show as much as eight, and start sooner.
const small = { readouts: 2, builders: 1 };

const DOWNWARD = ['disable_triggers', 'drain_dataflow', 'stop_trigger_sources', 'stop'];

let dataDir = '';
beforeEach(() => {
  dataDir = realpathSync(mkdtempSync(join(tmpdir(), 'daq-run-')));
});
afterEach(() => rmSync(dataDir, { recursive: true, maxRetries: 3 }));

/** Configures if asked to, starts a run and waits until each readout has read out `records`. */
async function takeData(daq: Daq, options: { run: number; records: number; rateHz?: number }): Promise<void> {
  const { run, rateHz = 200 } = options;
  if (run === 1) expect(await daq.perform({ transition: 'conf' })).toEqual([]);
  expect(await daq.perform({ transition: 'start', run, arguments: { trigger_rate: rateHz } })).toEqual([]);
  expect(await daq.perform({ transition: 'enable_triggers', run })).toEqual([]);
  await readOutBeyond(run, options.records);
}

async function readOutBeyond(run: number, records: number): Promise<void> {
  const read = (): number => statSync(ledgerPath(dataDir, run, 'readout-0')).size / 16;
  await vi.waitFor(() => expect(read()).toBeGreaterThanOrEqual(records), { timeout: 20_000, interval: 20 });
}

async function stopRun(daq: Daq, run: number, budgetMs = 10_000): Promise<readonly string[]> {
  const failures: string[] = [];
  for (const transition of DOWNWARD) failures.push(...(await daq.perform({ transition, run, budgetMs })));
  return failures;
}

function counter(driven: Driven, name: string): number {
  const counters = driven.lines.findLast((line) => 'counters' in line)?.['counters'];
  if (typeof counters !== 'object' || counters === null) return Number.NaN;
  return Number(Object.getOwnPropertyDescriptor(counters, name)?.value);
}

describe('a run of the eight processes', () => {
  it('that is stopped in order loses nothing, and the next one neither', async () => {
    // No batch is old enough to be written before the drain asks for it.
    const extra = ['--write-interval-ms', '600000'];
    await using daq = await Daq.start({ dataDir, readouts: 4, builders: 2, extra });
    for (const run of [1, 2]) {
      await takeData(daq, { run, records: 60 });
      expect(await stopRun(daq, run)).toEqual([]);
      const report = await verifyRun(dataDir, run);
      expect(report).toMatchObject({ ok: true, notes: [], records: { incomplete: 0 } });
      const { readOut, built, written } = report.fragments;
      expect(readOut).toBeGreaterThanOrEqual(240);
      expect([built, written]).toEqual([readOut, readOut]);
      expect(report.path).toBe(join(dataDir, `run-00000${run}.hdf5`));
    }
    expect(readdirSync(dataDir).filter((name) => name.startsWith('run-'))).toHaveLength(2);
    expect(await daq.perform({ transition: 'scrap' })).toEqual([]);
    expect(await daq.perform({ transition: 'conf' })).toEqual([]);
  });

  it('that is cut short by SIGKILL loses what was in memory, and the verifier counts it', async () => {
    await using daq = await Daq.start({ dataDir, readouts: 4, builders: 2 });
    await takeData(daq, { run: 1, records: 250, rateHz: 100 });
    await daq.kill();
    const { ok, fragments, notes } = await verifyRun(dataDir, 1);
    expect(ok).toBe(false);
    expect(fragments.written).toBeGreaterThan(0);
    expect(fragments.missing).toBe(fragments.readOut - fragments.written);
    expect(fragments.missing).toBeGreaterThan(0);
    expect(fragments).toMatchObject({ double: 0, corrupt: 0 });
    expect(notes.join()).toContain('was never closed');
  });
});

describe('a run with a fault', () => {
  it('in which a readout dies has its records flagged, and the next one is whole again', async () => {
    await using daq = await Daq.start({ dataDir, ...small, extra: ['--record-limit-ms', '600000'] });
    await takeData(daq, { run: 1, records: 40 });
    await endProcess(daq.process('readout-1'), 'SIGKILL');
    await readOutBeyond(1, 120);
    expect(await troubleOf(daq.process('builder-0'))).toContain('readout-1 is gone');
    for (const transition of DOWNWARD.slice(0, 2)) {
      expect(await daq.perform({ transition, run: 1 })).toEqual([]);
    }
    // Drained means that what was under assembly is written too, flagged, long before its time limit.
    expect(counter(daq.process('writer-0'), 'written')).toBe(counter(daq.process('trigger-0'), 'decided'));
    for (const transition of DOWNWARD.slice(2)) {
      expect(await daq.perform({ transition, run: 1 })).toEqual([]);
    }
    const report = await verifyRun(dataDir, 1);
    expect(report.records.incomplete).toBeGreaterThan(0);
    expect(report.records.incomplete).toBeLessThan(report.records.written);
    expect(report.fragments).toMatchObject({ double: 0, corrupt: 0 });
    // What the dead one had read out and not yet sent is lost with it; of the others nothing is.
    expect(Object.keys(report.missingOf).filter((name) => name !== 'readout-1')).toEqual([]);

    const back = await startProcess({ role: 'readout', ordinal: 1, dataDir, extra: ['--builders', '1'] });
    await using restarted = daq.replace(back);
    expect(await perform(back, { transition: 'conf' })).toMatchObject({ state: 'configured' });
    await takeData(restarted, { run: 2, records: 20 });
    for (const name of ['builder-0', 'trigger-0']) expect(await troubleOf(daq.process(name))).toBe('');
    expect(await stopRun(restarted, 2)).toEqual([]);
    expect(await verifyRun(dataDir, 2)).toMatchObject({ ok: true, records: { incomplete: 0 } });
  });

  it('in which a readout stands still loses nothing: what comes late is written too', async () => {
    await using daq = await Daq.start({ dataDir, ...small, extra: ['--record-limit-ms', '100'] });
    await takeData(daq, { run: 1, records: 20 });
    const { child } = daq.process('readout-1');
    child.kill('SIGSTOP');
    await readOutBeyond(1, 120);
    child.kill('SIGCONT');
    expect(await stopRun(daq, 1)).toEqual([]);
    const report = await verifyRun(dataDir, 1);
    expect(report).toMatchObject({ ok: true });
    expect(report.records.incomplete).toBeGreaterThan(0);
    expect(counter(daq.process('writer-0'), 'late')).toBeGreaterThan(0);
  });

  it('without credit inhibits the trigger, which counts it and drops nothing', async () => {
    await using daq = await Daq.start({
      dataDir,
      ...small,
      extra: ['--credits', '3', '--write-interval-ms', '100'],
    });
    await takeData(daq, { run: 1, records: 20, rateHz: 1_000 });
    expect(await stopRun(daq, 1)).toEqual([]);
    expect(counter(daq.process('trigger-0'), 'inhibited')).toBeGreaterThan(0);
    expect(await verifyRun(dataDir, 1)).toMatchObject({ ok: true });
  });
});

describe('a full disk', () => {
  it('fails the drain and the stop, says so, and leaves what was written', async () => {
    await using whole = await Daq.start({ dataDir, ...small });
    await endProcess(whole.process('writer-0'), 'SIGTERM');
    const own = { extra: ['--write-interval-ms', '50'], fileBlocksMax: 200 };
    const writer = await startProcess({ role: 'writer', ordinal: 0, dataDir, ...own });
    await using daq = whole.replace(writer);
    await takeData(daq, { run: 1, records: 150 });
    await vi.waitFor(async () => expect(await troubleOf(writer)).toContain('disk full'), { timeout: 10_000 });
    const failures = await stopRun(daq, 1, 1_000);
    expect(failures.find((each) => each.startsWith('builder-0 drain'))).toContain('writer-0 has not taken');
    expect(failures.find((each) => each.startsWith('writer-0 drain'))).toContain('disk full');
    expect(failures.find((each) => each.startsWith('writer-0 stop:'))).toContain('disk full');
    const { ok, fragments } = await verifyRun(dataDir, 1);
    expect(ok).toBe(false);
    expect(fragments.missing).toBe(fragments.readOut - fragments.written);
    // A record that was told to be taken is in the file; some of the batch that was cut may be, too.
    const told = counter(writer, 'written') * small.readouts;
    expect(told).toBeGreaterThan(0);
    expect(told).toBeLessThanOrEqual(fragments.written);
    expect(await perform(writer, { transition: 'recover' })).toMatchObject({ state: 'configured' });
  });
});

describe('a drain', () => {
  it('fails at the end of its budget and says what is in flight; a later one takes all', async () => {
    await using daq = await Daq.start({ dataDir, ...small });
    await takeData(daq, { run: 1, records: 20 });
    expect(await daq.perform({ transition: 'disable_triggers', run: 1 })).toEqual([]);
    const early = { transition: 'drain_dataflow', run: 1, budgetMs: 100 };
    for (const [name, upstream] of [
      ['readout-0', 'trigger-0'],
      ['builder-0', 'readout-0'],
      ['writer-0', 'builder-0'],
    ] as const) {
      const answer = await perform(daq.process(name), early);
      expect(answer).toMatchObject({ outcome: 'PERFORM_OUTCOME_FAILED', state: 'ready' });
      expect(answer.cause).toContain(`in flight: no end-of-run marker from ${upstream}`);
    }
    expect(await stopRun(daq, 1)).toEqual([]);
    expect(await verifyRun(dataDir, 1)).toMatchObject({ ok: true });
  });

  it('does not keep the file open: stop closes it when the trigger stands still', async () => {
    await using daq = await Daq.start({ dataDir, ...small });
    await takeData(daq, { run: 1, records: 20 });
    const { child } = daq.process('trigger-0');
    child.kill('SIGSTOP');
    const down = async (name: string, transition: string) =>
      perform(daq.process(name), { transition, run: 1, budgetMs: 1_000 });
    const names = ['readout-0', 'readout-1', 'builder-0', 'writer-0'];
    for (const transition of ['drain_dataflow', 'stop_trigger_sources', 'stop']) {
      for (const name of names) {
        const answer = await down(name, transition);
        const failed = transition === 'drain_dataflow';
        expect(answer.outcome).toBe(failed ? 'PERFORM_OUTCOME_FAILED' : 'PERFORM_OUTCOME_EXECUTED');
      }
    }
    expect(await verifyRun(dataDir, 1)).toMatchObject({ ok: true });
  });
});

describe('one process', () => {
  it('ends on SIGTERM with its counters in one line', async () => {
    const writer = await startProcess({ role: 'writer', ordinal: 0, dataDir });
    expect(await endProcess(writer, 'SIGTERM')).toBe(0);
    const counters = { written: 0, incomplete: 0, late: 0, strays: 0 };
    expect(writer.lines.at(-1)).toMatchObject({ msg: 'the process ends', counters });
  });

  it('crashes on demand in the transition that is named', async () => {
    const path = join(dataDir, 'faults.json');
    const writer = await startProcess({ role: 'writer', ordinal: 0, dataDir, extra: ['--faults', path] });
    expect(await perform(writer, { transition: 'conf' })).toMatchObject({ state: 'configured' });
    writeFileSync(path, '{"start":{"kind":"crash"}}');
    const ended = once(writer.child, 'exit');
    await expect(perform(writer, { transition: 'start', run: 1 })).rejects.toThrow();
    expect((await ended)[0]).toBe(1);
    writer.client.close();
  });

  it('whose peers do not answer fails conf within its budget and names them', async () => {
    const trigger = await startProcess({ role: 'trigger', ordinal: 0, dataDir });
    const answer = await perform(trigger, { transition: 'conf', budgetMs: 500 });
    expect(answer).toMatchObject({ outcome: 'PERFORM_OUTCOME_FAILED', state: 'initial' });
    for (const name of ['builder-0', 'builder-1', 'readout-0', 'readout-3'])
      expect(answer.cause).toContain(name);
    await endProcess(trigger, 'SIGTERM');
  });

  it('refuses wrong arguments with all problems and exit code 2', async () => {
    const starting = startProcess({ role: 'writer', ordinal: 0, dataDir, extra: ['--credits', '0'] });
    await expect(starting).rejects.toThrow('ended with 2');
  });

  it('of a run that was taken before refuses to start, with the path', async () => {
    const writer = await startProcess({ role: 'writer', ordinal: 0, dataDir });
    await perform(writer, { transition: 'conf' });
    writeFileSync(join(dataDir, 'run-000007.hdf5'), 'an earlier run');
    const answer = await perform(writer, { transition: 'start', run: 7 });
    expect(answer).toMatchObject({ outcome: 'PERFORM_OUTCOME_REFUSED', state: 'configured' });
    expect(answer.cause).toContain(join(dataDir, 'run-000007.hdf5'));
    await endProcess(writer, 'SIGTERM');
  });

  it('recovers to where it is', async () => {
    const writer = await startProcess({ role: 'writer', ordinal: 0, dataDir });
    expect(await perform(writer, { transition: 'recover' })).toMatchObject({ state: 'initial' });
    await perform(writer, { transition: 'conf' });
    await perform(writer, { transition: 'start', run: 3 });
    expect(await perform(writer, { transition: 'recover' })).toMatchObject({ state: 'configured' });
    expect(readdirSync(dataDir)).toContain('run-000003.hdf5');
    await endProcess(writer, 'SIGTERM');
  });
});
