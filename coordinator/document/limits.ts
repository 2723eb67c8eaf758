// The limits of a document. Beyond one of them it is refused, with the path of the excess.

/** No document, and no machine file, is larger, in bytes. */
export const DOCUMENT_BYTES_MAX = 1_048_576;

/** No more problems are told of one document: the first hundred are enough to begin with. */
export const PROBLEMS_TOLD_MAX = 100;

/** Members of one segment, and of all segments together: one coordinator leads no more targets. */
export const TARGETS_MAX = 10_000;

export const PORT_MAX = 65_535;

/** As in Hello: the shortest silence that a coordinator can tell from a loss, and the longest it waits. */
export const HEARTBEAT_MS_MIN = 10;
export const HEARTBEAT_MS_MAX = 60_000;

/** A document may use one anchor this often: more is an attempt to blow it up. */
export const ALIASES_MAX = 100;
