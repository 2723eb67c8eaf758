// Original file: protos/baton/v1/coordinator.proto

import type { PodPhase as _baton_v1_PodPhase, PodPhase__Output as _baton_v1_PodPhase__Output } from '../../baton/v1/PodPhase.ts';

export interface ReportPodRequest {
  'target'?: (string);
  'podUid'?: (string);
  'phase'?: (_baton_v1_PodPhase);
  /**
   * One sentence for people, e.g. "killed by SIGKILL"; at most 500 characters.
   */
  'detail'?: (string);
  /**
   * Name of the partition, or namespace/name; namespace/: the only one there; empty: the only one of all.
   */
  'partition'?: (string);
}

export interface ReportPodRequest__Output {
  'target': (string);
  'podUid': (string);
  'phase': (_baton_v1_PodPhase__Output);
  /**
   * One sentence for people, e.g. "killed by SIGKILL"; at most 500 characters.
   */
  'detail': (string);
  /**
   * Name of the partition, or namespace/name; namespace/: the only one there; empty: the only one of all.
   */
  'partition': (string);
}
