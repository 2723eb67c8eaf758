// The limits of a document. Beyond one of them it is refused, with the path of the excess.

/**
 * No document, and no machine file, is larger, in bytes. With all its segments and the largest table a
 * partition needs less than half of it, and worse texts of this size are still refused within a second or two.
 */
export const DOCUMENT_BYTES_MAX = 262_144;

/** No more problems are told of one document: the first hundred are enough to begin with. */
export const PROBLEMS_TOLD_MAX = 100;

/** Members of one segment, and of all segments together: one coordinator leads no more targets. */
export const TARGETS_MAX = 10_000;

/**
 * Waves of all segments together: no transition takes more, however segments are ordered. An operation of many
 * transitions must still fit into one record and one message.
 */
export const WAVES_MAX = 1_000;

export const PORT_MAX = 65_535;

/** As in Hello: the shortest silence that a coordinator can tell from a loss, and the longest it waits. */
export const HEARTBEAT_MS_MIN = 10;
export const HEARTBEAT_MS_MAX = 60_000;

/** Aliases may stand for this many values in all: more is an attempt to blow a document up. */
export const ALIASES_MAX = 100;
