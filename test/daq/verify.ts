// The verifier: node test/daq/verify.ts --data-dir D --run N [--json]. Exit 0 only when nothing is missing,
// double or corrupt; 1 when something is; 2 when it was asked for nothing that is there.

import { parseArgs } from 'node:util';
import { type Problem, problemLine, RunControlError } from '../../protos/failure/trouble.ts';
import type { LedgerText } from './run/ledger.ts';
import { ordinalOf, processName, runPaths } from './run/names.ts';
import { findRunFile, readLedgers, readRunFile } from './verify/sources.ts';
import { type Counts, Tally } from './verify/tally.ts';

/** What became of the fragments of one run. */
export type Report = {
  readonly dataDir: string;
  readonly run: number;
  /** File whose content was counted; undefined when there is none. */
  readonly path: string | undefined;
  readonly fragments: {
    readonly readOut: number;
    readonly built: number;
    readonly written: number;
    readonly missing: number;
    readonly double: number;
    readonly corrupt: number;
  };
  readonly records: { readonly built: number; readonly written: number; readonly incomplete: number };
  /** Of what is missing, how much each process had read out; who misses nothing is not named. */
  readonly missingOf: Readonly<Record<string, number>>;
  /** Sentences on what was odd: torn tails, an unreadable file. */
  readonly notes: readonly string[];
  /** Nothing is missing, double or corrupt. */
  readonly ok: boolean;
};

/**
 * Compares the ledgers of a run with its file. Throws RunControlError UNKNOWN_ID when there is neither.
 * A file that cannot be read counts as all missing, and a note says so.
 */
export async function verifyRun(dataDir: string, run: number): Promise<Report> {
  const ledgers = readLedgers(dataDir, run);
  const file = findRunFile(dataDir, run);
  if (ledgers.size === 0 && file === undefined) {
    throw new RunControlError('UNKNOWN_ID', `${dataDir} has neither ledgers nor a file of run ${run}`);
  }
  const notes = ledgerNotes(ledgers);
  const { counts, note } = await countFile({ dataDir, run, ledgers, file });
  const builders = [...ledgers].filter(([name]) => ordinalOf('builder', name) !== undefined);
  const built = builders.flatMap(([, { entries }]) => entries);
  const { readOut, written, missing, double, corrupt } = counts;
  return {
    dataDir,
    run,
    path: file?.path,
    fragments: {
      readOut,
      built: built.reduce((sum, entry) => sum + entry[2], 0),
      written,
      missing,
      double,
      corrupt,
    },
    records: {
      built: built.filter(([, sequence]) => sequence === 0).length,
      written: counts.records,
      incomplete: counts.incomplete,
    },
    missingOf: Object.fromEntries(
      [...counts.missingByReadout].map(([readout, count]) => [processName('readout', readout), count]),
    ),
    notes: [...notes, ...note],
    ok: missing === 0 && double === 0 && corrupt === 0,
  };
}

/** The report as a few aligned lines for people. */
export function reportText(report: Report): string {
  const { fragments, records } = report;
  const lines: readonly (readonly [string, number, string])[] = [
    ['read out', fragments.readOut, 'fragments'],
    ['built', fragments.built, `fragments in ${records.built} records`],
    ['written', fragments.written, `fragments in ${records.written} records`],
    ['incomplete', records.incomplete, 'records, flagged'],
    ['missing', fragments.missing, ['fragments', ...missingNames(report)].join(' ')],
    ['double', fragments.double, 'fragments'],
    ['corrupt', fragments.corrupt, 'fragments'],
  ];
  const width = Math.max(...lines.map(([, count]) => String(count).length));
  const rows = lines.map(
    ([what, count, unit]) => `  ${what.padEnd(10)}  ${String(count).padStart(width)} ${unit}`,
  );
  const notes = report.notes.map((note) => `  note: ${note}`);
  return [`run ${report.run}: ${report.path ?? `no file in ${report.dataDir}`}`, ...rows, ...notes, ''].join(
    '\n',
  );
}

function missingNames({ missingOf }: Report): readonly string[] {
  const each = Object.entries(missingOf).map(([name, count]) => `${count} of ${name}`);
  return each.length === 0 ? [] : [`(${each.join(', ')})`];
}

type Source = {
  readonly dataDir: string;
  readonly run: number;
  readonly ledgers: ReadonlyMap<string, LedgerText>;
  readonly file: ReturnType<typeof findRunFile>;
};

async function countFile(source: Source): Promise<{ counts: Counts; note: readonly string[] }> {
  const { file } = source;
  if (file === undefined)
    return { counts: newTally(source).counts(), note: ['the run has no file: all is missing'] };
  const tally = newTally(source);
  const note: string[] = [];
  if (file.kind === 'raw') note.push(`${runPaths(source.dataDir, source.run).hdf5} was never closed`);
  try {
    for await (const found of readRunFile(file)) {
      if (found.kind === 'record') tally.addRecord(found.record);
      else if (found.kind === 'damage') tally.addDamage(found.count);
      else note.push(`${file.path} ends inside a record (${found.bytes} bytes)`);
    }
    return { counts: tally.counts(), note };
  } catch (error) {
    if (!(error instanceof RunControlError)) throw error;
    note.push(`the file is unreadable, so all is missing: ${error.message}`);
    return { counts: newTally(source).counts(), note };
  }
}

function newTally({ run, ledgers }: Source): Tally {
  const tally = new Tally(run);
  for (const [name, { entries, damaged }] of ledgers) {
    const readout = ordinalOf('readout', name);
    if (readout !== undefined) tally.addLedger(readout, entries);
    tally.addDamage(damaged);
  }
  return tally;
}

function ledgerNotes(ledgers: ReadonlyMap<string, LedgerText>): readonly string[] {
  return [...ledgers].flatMap(([name, { tornBytes, damaged }]) => [
    ...(tornBytes > 0 ? [`the ledger of ${name} ends inside an entry, which nobody heard of`] : []),
    ...(damaged > 0 ? [`the ledger of ${name} has ${damaged} damaged entries`] : []),
  ]);
}

async function command(): Promise<number> {
  const problems: Problem[] = [];
  const { values } = parseArgs({
    options: { 'data-dir': { type: 'string' }, run: { type: 'string' }, json: { type: 'boolean' } },
  });
  const dataDir = values['data-dir'];
  const run = Number(values.run);
  if (dataDir === undefined) problems.push({ path: '--data-dir', want: 'a folder', got: 'nothing' });
  if (!Number.isInteger(run) || run < 1) {
    problems.push({ path: '--run', want: 'a run number', got: values.run ?? 'nothing' });
  }
  if (problems.length > 0) throw new RunControlError('MALFORMED', 'the arguments are wrong', { problems });
  const report = await verifyRun(dataDir ?? '', run);
  process.stdout.write(values.json === true ? `${JSON.stringify(report)}\n` : reportText(report));
  return report.ok ? 0 : 1;
}

if (import.meta.main) {
  try {
    process.exitCode = await command();
  } catch (error) {
    if (!(error instanceof RunControlError || error instanceof TypeError)) throw error;
    const problems = error instanceof RunControlError ? error.problems.map(problemLine) : [];
    process.stderr.write(`${[error.message, ...problems].join('\n  ')}\n`);
    process.exitCode = 2;
  }
}
