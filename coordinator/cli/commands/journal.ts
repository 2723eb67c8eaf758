// The file of a journal, for whoever must know whether it can be trusted. Nothing here needs a coordinator.

import { RunControlError } from '../../../protos/failure/trouble.ts';
import type { JournalState } from '../../core/model/journal.ts';
import { formatOf, type Inspection, inspectJournal } from '../../journal/inspect.ts';
import { type Context, give } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { count } from '../show/operation.ts';
import { printable } from '../show/table.ts';
import { print } from '../world.ts';

/** `baton journal check FILE`: 0 when all of it is sound, 1 with what is wrong and what to do. */
export async function checkJournal(context: Context, file: string): Promise<ExitCode> {
  const read = inspect(context, file);
  if (read === undefined) return EXIT.failed;
  const { damage } = read;
  await give(context, { file, sound: damage === undefined, ...factsOf(read) }, () => [
    damage === undefined
      ? `${file} is sound`
      : `${file} is damaged after record ${read.at.index}; what is sound before that:`,
    ...linesOf(read),
  ]);
  return ended(context, read);
}

/** `baton journal export FILE`: its records; 1 when there are others that cannot be read. */
export async function exportJournal(context: Context, file: string): Promise<ExitCode> {
  const read = inspect(context, file);
  if (read === undefined) return EXIT.failed;
  const { snapshot, lines } = read;
  const all = snapshot === undefined ? lines : [{ index: snapshot.index, snapshot }, ...lines];
  await give(context, all, () => all.map((line) => JSON.stringify(line)));
  return ended(context, read);
}

function inspect(context: Context, file: string): Inspection | undefined {
  try {
    return inspectJournal(file);
  } catch (error) {
    if (!(error instanceof RunControlError)) throw error;
    tellTrouble(context, error);
    return undefined;
  }
}

function ended(context: Context, { damage }: Inspection): ExitCode {
  if (damage === undefined) return EXIT.done;
  tellTrouble(context, damage);
  return EXIT.failed;
}

/** The sentence says itself what to do: no coordinator is involved that could be asked. */
function tellTrouble({ world }: Context, trouble: RunControlError): void {
  print(world.err, [`baton: ${printable(trouble.message)}`]);
}

function factsOf(read: Inspection) {
  const { state, at, lines, snapshot } = read;
  const { journalId, partition, operationNumber, runNumber, finished, runs, open, run } = state;
  return {
    journalId,
    partition,
    format: formatOf(read),
    ...at,
    records: lines.length,
    snapshotThrough: snapshot?.index ?? 0,
    operationNumber,
    runNumber,
    openOperation: open && {
      id: open.operation.id,
      title: open.operation.title,
      step: open.step,
      wave: open.wave,
    },
    openRun: run?.number,
    operationsRemembered: finished.length,
    runsRemembered: runs.length,
  };
}

function linesOf(read: Inspection): readonly string[] {
  const { state, at, lines, snapshot } = read;
  const before = snapshot === undefined ? '' : `, after a snapshot of the first ${snapshot.index}`;
  return [
    `journal    ${state.journalId || 'without an id'}${state.partition === '' ? '' : ` of ${state.partition}`}`,
    `records    ${count(lines.length, 'record')}${before}; the last is ${at.index}, format ${formatOf(read)}`,
    `epoch      ${at.epoch}`,
    `operation  ${operationWords(state)}`,
    `run        ${runWords(state)}`,
  ].map(printable);
}

function operationWords({ open, finished }: JournalState): string {
  if (open !== undefined) {
    const { number, title, steps } = open.operation;
    const step = `step ${open.step + 1} of ${steps.length}`;
    return `${number} (${title}) is open in ${step}, wave ${open.wave + 1}`;
  }
  const last = finished.at(-1);
  const before =
    last === undefined
      ? ''
      : `; the last was ${last.operation.number} (${last.operation.title}), ${last.outcome}`;
  return `none is open${before}`;
}

function runWords({ run, runs }: JournalState): string {
  if (run !== undefined) return `${run.number} is open`;
  const last = runs.at(-1);
  const how = last?.clean === true ? 'clean' : 'unclean';
  return last === undefined ? 'none is open' : `none is open; the last was ${last.number}, ${how}`;
}
