// How long those may take with whom nothing is agreed yet, and how many there may be.

import type { CrowdLimits } from '../crowd.ts';

/** How long a handshake may take on either side, in milliseconds; then the connection is cut. */
export const HANDSHAKE_MS_MAX = 5_000;

/** How long a connection lasts on which nothing is told but why it is refused, in milliseconds. */
export const REFUSAL_MS_MAX = 5_000;

/**
 * Connections that a server has open, those before a good certificate among them: who has none cannot take all
 * memory and descriptors, nor, from one address, all the room. Well above all watchers of a coordinator and the
 * operators beside them.
 */
export const TLS_CROWD: CrowdLimits = { connectionsMax: 512, connectionsOfPeerMax: 256 };
