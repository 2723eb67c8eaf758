// Original file: protos/baton/v1/coordinator.proto

import type { Permission as _baton_v1_Permission, Permission__Output as _baton_v1_Permission__Output } from '../../baton/v1/Permission.ts';

export interface GetCallerResponse {
  /**
   * As the cluster, or the certificate, knows the caller; empty where nobody is asked who they are.
   */
  'name'?: (string);
  /**
   * What the permissions are for: namespace/name, or namespace/ when no partition of it may be viewed. Empty
   * when no namespace was said either, and outside a cluster.
   */
  'partition'?: (string);
  /**
   * One for each verb, from the least to the most.
   */
  'permissions'?: (_baton_v1_Permission)[];
}

export interface GetCallerResponse__Output {
  /**
   * As the cluster, or the certificate, knows the caller; empty where nobody is asked who they are.
   */
  'name': (string);
  /**
   * What the permissions are for: namespace/name, or namespace/ when no partition of it may be viewed. Empty
   * when no namespace was said either, and outside a cluster.
   */
  'partition': (string);
  /**
   * One for each verb, from the least to the most.
   */
  'permissions': (_baton_v1_Permission__Output)[];
}
