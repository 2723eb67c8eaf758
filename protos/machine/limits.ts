// The limits that machine.proto names. A table beyond one of them is refused with the path of the excess.

export const NAME_LENGTH_MAX = 63;
export const DESCRIPTION_LENGTH_MAX = 500;
export const UNIT_LENGTH_MAX = 63;
export const STATES_MAX = 64;
export const TRANSITIONS_MAX = 128;
export const SEQUENCES_MAX = 32;
export const STEPS_MAX = 128;
export const ARGUMENTS_MAX = 32;
export const ONE_OF_MAX = 64;
export const GROUPS_MAX = 256;
export const SEGMENTS_MAX = 256;

/** Longest text that an argument may hold, in characters: all arguments together travel in 64 KiB. */
export const TEXT_LENGTH_MAX = 4_096;

/**
 * Length of the whole table as JSON, in characters. With three bytes for each it still fits into one message,
 * which may have 1 MiB.
 */
export const TABLE_LENGTH_MAX = 262_144;

/** Longest timer of Node in milliseconds; a longer one fires at once. */
export const TIMEOUT_MS_MAX = 2_147_483_647;

/** Names of states, transitions, sequences and arguments. */
export const NAME_PATTERN = '^[a-z][a-z0-9_]*$';

/** Names of segments: they become part of the names of pods, so no longer than 52. */
export const SEGMENT_PATTERN = '^[a-z]([-a-z0-9]*[a-z0-9])?$';
export const SEGMENT_LENGTH_MAX = 52;

/** Stands beside the names of transitions and sequences: to a state by the shortest way. */
export const GO_TO = 'goto';

/** Words that Baton itself says of a target or a partition, so no machine may use them as names. */
export const RESERVED_NAMES: readonly string[] = ['recover', GO_TO, 'mixed', 'unknown', 'error'];
