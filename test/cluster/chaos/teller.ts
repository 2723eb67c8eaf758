// What is said of a story while it goes on, and kept with what is judged.

export type Teller = {
  /** One line, with the seconds since the story began. */
  readonly tell: (words: string) => void;
  /** All lines. */
  readonly text: () => string;
};

const SECONDS_WIDTH = 6;

/** Lines go to `write` as they come. */
export function openTeller(write: (line: string) => void): Teller {
  const beganMs = performance.now();
  const lines: string[] = [];
  return {
    tell: (words) => {
      const seconds = ((performance.now() - beganMs) / 1_000).toFixed(1);
      const line = `${seconds.padStart(SECONDS_WIDTH)} s  ${words}`;
      lines.push(line);
      write(line);
    },
    text: () => lines.map((line) => `${line}\n`).join(''),
  };
}
