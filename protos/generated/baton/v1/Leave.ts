// Original file: protos/baton/v1/sidecar.proto

import type { LeaveMode as _baton_v1_LeaveMode, LeaveMode__Output as _baton_v1_LeaveMode__Output } from '../../baton/v1/LeaveMode.ts';

/**
 * The coordinator's decision after Leaving.
 */
export interface Leave {
  'incarnation'?: (string);
  'mode'?: (_baton_v1_LeaveMode);
}

/**
 * The coordinator's decision after Leaving.
 */
export interface Leave__Output {
  'incarnation': (string);
  'mode': (_baton_v1_LeaveMode__Output);
}
