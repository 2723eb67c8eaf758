// Original file: protos/baton/v1/machine.proto

import type { ArgumentType as _baton_v1_ArgumentType, ArgumentType__Output as _baton_v1_ArgumentType__Output } from '../../baton/v1/ArgumentType.ts';

/**
 * One argument that an operator may give with a transition.
 */
export interface MachineArgument {
  /**
   * At most 63 characters, unique in the transition.
   */
  'name'?: (string);
  'type'?: (_baton_v1_ArgumentType);
  /**
   * For people, e.g. "Hz"; empty when the value has none.
   */
  'unit'?: (string);
  'required'?: (boolean);
  /**
   * Value that is used when the operator gives none, written as JSON; empty when there is none.
   */
  'defaultJson'?: (string);
  /**
   * Smallest and largest number allowed; only for numbers.
   */
  'min'?: (number | string);
  'max'?: (number | string);
  /**
   * Allowed values of a string; empty means any.
   */
  'oneOf'?: (string)[];
  /**
   * One sentence for people; at most 500 characters.
   */
  'description'?: (string);
  '_min'?: "min";
  '_max'?: "max";
}

/**
 * One argument that an operator may give with a transition.
 */
export interface MachineArgument__Output {
  /**
   * At most 63 characters, unique in the transition.
   */
  'name': (string);
  'type': (_baton_v1_ArgumentType__Output);
  /**
   * For people, e.g. "Hz"; empty when the value has none.
   */
  'unit': (string);
  'required': (boolean);
  /**
   * Value that is used when the operator gives none, written as JSON; empty when there is none.
   */
  'defaultJson': (string);
  /**
   * Smallest and largest number allowed; only for numbers.
   */
  'min'?: (number);
  'max'?: (number);
  /**
   * Allowed values of a string; empty means any.
   */
  'oneOf': (string)[];
  /**
   * One sentence for people; at most 500 characters.
   */
  'description': (string);
  '_min'?: "min";
  '_max'?: "max";
}
