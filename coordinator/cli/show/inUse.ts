// Which values of arguments hold in the present run.

import { z } from 'zod';
import type { Operation__Output } from '../../../protos/generated/baton/v1/Operation.ts';
import type { Run__Output } from '../../../protos/generated/baton/v1/Run.ts';
import { isOpen } from '../picture.ts';

const given = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/**
 * `trigger_rate=5, production_vs_test=PROD`: what the operations of the open run were given, a later one before
 * an earlier. One that goes on, failed or was cancelled may have changed a value or not: that gets a question mark.
 * Empty outside a run. `operations` may stand in any order.
 */
export function argumentsInUse(run: Run__Output | null, operations: readonly Operation__Output[]): string {
  if (run?.status !== 'RUN_STATUS_OPEN') return '';
  const values = new Map<string, string>();
  const ofRun = operations.filter(({ runNumber }) => runNumber === run.number);
  for (const operation of ofRun.toSorted((a, b) => a.number - b.number)) {
    const doubt = isOpen(operation) || operation.status !== 'OPERATION_STATUS_SUCCEEDED' ? '?' : '';
    for (const [name, value] of Object.entries(argumentsOf(operation))) {
      values.delete(name);
      values.set(name, `${name}=${value}${doubt}`);
    }
  }
  return [...values.values()].join(', ');
}

function argumentsOf({ command }: Operation__Output): z.output<typeof given> {
  const text = command?.argumentsJson ?? '';
  if (text === '') return {};
  // A newer coordinator may tell values that this client does not know: then there is nothing to say of them.
  return given.safeParse(JSON.parse(text)).data ?? {};
}
