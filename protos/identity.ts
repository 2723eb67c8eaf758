// Names that both sides must build alike, or no request would ever find its process.

import { createHash } from 'node:crypto';

/** Length of each half of an incarnation, in characters: 48 bits, far beyond what one partition sees. */
const DIGEST_LENGTH = 8;

/** The part of an incarnation before the dot: which life of the pod, as 8 characters. */
export function podDigest(podUid: string): string {
  return digest(podUid);
}

/**
 * One life of a process, `<pod>.<life>`, 17 characters. It changes with the pod, with each start of the
 * process, and when the sidecar has lost its memory beside a living process.
 */
export function incarnationOf(life: { podUid: string; memoryId: string; startId: string }): string {
  return `${podDigest(life.podUid)}.${digest(`${life.memoryId} ${life.startId}`)}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, DIGEST_LENGTH);
}
