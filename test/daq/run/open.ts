import type { Outcome } from '../process/steps.ts';
import { Ledger } from './ledger.ts';

/** Opens a ledger, or refuses with its path when the run has one already. */
export function openLedger(path: string): Ledger | Outcome {
  try {
    return new Ledger(path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    return { kind: 'refused', cause: `${path} is there already: this run was taken before` };
  }
}
