import type { GetCallerResponse__Output } from '../../../protos/generated/baton/v1/GetCallerResponse.ts';
import { tableLines, type View } from './table.ts';

/** What somebody may do, and who would grant the rest. */
export function permissionLines(
  { name, partition, permissions }: GetCallerResponse__Output,
  view: View,
): readonly string[] {
  const who = name === '' ? 'nobody is asked who they are here' : name;
  const rows = permissions.map(({ verb, allowed }) => [
    { text: verb },
    allowed ? { text: 'yes' } : ({ text: 'no', tone: 'bad' } as const),
  ]);
  const grants = permissions.flatMap(({ verb, grant }) => (grant === '' ? [] : [`${verb}: ${grant}`]));
  const head = ['VERB', 'ALLOWED'];
  return [
    partition === '' ? who : `${who}, partition ${partition}`,
    ...tableLines({ head, rows, gives: [] }, view),
    ...grants,
  ];
}
