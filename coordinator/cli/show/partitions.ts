import type { PartitionSummary__Output } from '../../../protos/generated/baton/v1/PartitionSummary.ts';
import { stateTone } from './status.ts';
import { type Cell, tableLines, type View } from './table.ts';

/** Partitions as a table, in the order given. */
export function partitionLines(
  partitions: readonly PartitionSummary__Output[],
  view: View,
): readonly string[] {
  if (partitions.length === 0) return [view.paint('quiet', 'no partitions')];
  const head = ['NAMESPACE', 'PARTITION', 'STATE', 'RUN', 'OPERATION', 'TROUBLE'];
  const rows = partitions.map(
    ({ namespace, name, state, runNumber, operation, trouble }): readonly Cell[] => [
      { text: namespace },
      { text: name, tone: 'strong' },
      { text: state || 'unknown', tone: stateTone(state) },
      { text: runNumber === 0 ? '' : String(runNumber), align: 'right' },
      { text: operation, tone: 'doing' },
      { text: trouble, tone: 'bad' },
    ],
  );
  return tableLines({ head, rows, gives: [5, 4] }, view);
}
