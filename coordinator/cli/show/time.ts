const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How long something has held, in at most two units: `3 s`, `4 min 05 s`, `2 h 10 min`, `3 d 4 h`. */
export function age(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)} s`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min ${two((ms % MINUTE_MS) / SECOND_MS)} s`;
  if (ms < DAY_MS) return `${Math.floor(ms / HOUR_MS)} h ${two((ms % HOUR_MS) / MINUTE_MS)} min`;
  return `${Math.floor(ms / DAY_MS)} d ${Math.floor((ms % DAY_MS) / HOUR_MS)} h`;
}

/** How long something took, with a tenth of a second below a minute: `0.4 s`, `12.0 s`, `4 min 05 s`. */
export function took(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  return ms < MINUTE_MS ? `${(ms / SECOND_MS).toFixed(1)} s` : age(ms);
}

/** A time of day for people, in UTC so that two control rooms read the same: `2026-11-21 08:56:01Z`. */
export function clockTime(millisecondsSince1970: number): string {
  return `${new Date(millisecondsSince1970).toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

function two(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}
