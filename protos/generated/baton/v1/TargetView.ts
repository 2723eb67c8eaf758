// Original file: protos/baton/v1/coordinator.proto

import type { Long } from '@grpc/proto-loader';

/**
 * The coordinator's observation of one target; never inferred from what was sent.
 */
export interface TargetView {
  'target'?: (string);
  'segment'?: (string);
  'ordinal'?: (number);
  /**
   * False once its stream is closed or was silent for three heartbeats; the state is unknown then.
   */
  'connected'?: (boolean);
  'incarnation'?: (string);
  /**
   * Last observed state of the machine; empty when unknown.
   */
  'state'?: (string);
  'inError'?: (boolean);
  /**
   * False when no process is attached to the sidecar.
   */
  'attached'?: (boolean);
  /**
   * Transition whose hook runs; empty when none does.
   */
  'doing'?: (string);
  'leaving'?: (boolean);
  /**
   * Left out of the open or last operation by policy.
   */
  'excluded'?: (boolean);
  /**
   * How long the last observation has held, in milliseconds.
   */
  'sinceMs'?: (number | string | Long);
  /**
   * One sentence for people when something is wrong.
   */
  'trouble'?: (string);
  /**
   * host:port of the sidecar.
   */
  'address'?: (string);
  'stateNumber'?: (number | string | Long);
  /**
   * What the platform says of its pod, one sentence: "process was OOMKilled 12 s ago, 3 restarts". Empty: nothing
   * worth telling.
   */
  'podDetail'?: (string);
  /**
   * Where its pod runs; empty outside a cluster, or while it is not placed.
   */
  'node'?: (string);
}

/**
 * The coordinator's observation of one target; never inferred from what was sent.
 */
export interface TargetView__Output {
  'target': (string);
  'segment': (string);
  'ordinal': (number);
  /**
   * False once its stream is closed or was silent for three heartbeats; the state is unknown then.
   */
  'connected': (boolean);
  'incarnation': (string);
  /**
   * Last observed state of the machine; empty when unknown.
   */
  'state': (string);
  'inError': (boolean);
  /**
   * False when no process is attached to the sidecar.
   */
  'attached': (boolean);
  /**
   * Transition whose hook runs; empty when none does.
   */
  'doing': (string);
  'leaving': (boolean);
  /**
   * Left out of the open or last operation by policy.
   */
  'excluded': (boolean);
  /**
   * How long the last observation has held, in milliseconds.
   */
  'sinceMs': (number);
  /**
   * One sentence for people when something is wrong.
   */
  'trouble': (string);
  /**
   * host:port of the sidecar.
   */
  'address': (string);
  'stateNumber': (number);
  /**
   * What the platform says of its pod, one sentence: "process was OOMKilled 12 s ago, 3 restarts". Empty: nothing
   * worth telling.
   */
  'podDetail': (string);
  /**
   * Where its pod runs; empty outside a cluster, or while it is not placed.
   */
  'node': (string);
}
