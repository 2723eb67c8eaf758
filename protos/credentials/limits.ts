// How long those may take with whom nothing is agreed yet.

/** How long a handshake may take on either side, in milliseconds; then the connection is cut. */
export const HANDSHAKE_MS_MAX = 5_000;

/** How long a connection lasts on which nothing is told but why it is refused, in milliseconds. */
export const REFUSAL_MS_MAX = 5_000;
