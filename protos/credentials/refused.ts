// A peer that was turned away: counted each time, told once, and never so often that it fills a log.

/** What was missing: TLS at all, a good certificate, the name that may do this, or room. */
export const REFUSED_FOR = ['handshake', 'certificate', 'name', 'crowd'] as const;

export type Refused = {
  readonly reason: (typeof REFUSED_FOR)[number];
  /** Its address. */
  readonly peer: string;
  /** In one sentence. */
  readonly why: string;
};

/** Refusals that are remembered, so that a peer which tries again and again is told of once. */
const TOLD_MAX = 256;

/** News of them in one minute: whoever shows another certificate each time does not fill the log. */
export const NEWS_MAX = 60;
const WINDOW_MS = 60_000;

/** True for what is to be told: each peer and sentence once, NEWS_MAX in a minute. `nowMs` is monotonic. */
export function newsFilter(nowMs: () => number = () => performance.now()): (refused: Refused) => boolean {
  const told = new Set<string>();
  let windowMs = Number.NEGATIVE_INFINITY;
  let news = 0;
  return ({ peer, why }) => {
    const key = `${peer} ${why}`;
    if (told.has(key)) return false;
    if (nowMs() - windowMs >= WINDOW_MS) {
      windowMs = nowMs();
      news = 0;
    }
    if (news >= NEWS_MAX) return false;
    news += 1;
    if (told.size >= TOLD_MAX) told.clear();
    told.add(key);
    return true;
  };
}
