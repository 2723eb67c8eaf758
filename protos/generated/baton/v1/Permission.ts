// Original file: protos/baton/v1/coordinator.proto


export interface Permission {
  /**
   * "view", "operate" or "force".
   */
  'verb'?: (string);
  'allowed'?: (boolean);
  /**
   * Who would grant it, one sentence; empty when it is allowed.
   */
  'grant'?: (string);
}

export interface Permission__Output {
  /**
   * "view", "operate" or "force".
   */
  'verb': (string);
  'allowed': (boolean);
  /**
   * Who would grant it, one sentence; empty when it is allowed.
   */
  'grant': (string);
}
