// What people see while they wait.

export type Progress = (words: string) => void;

/** Lines with the seconds since the beginning, on standard error: standard output is for what is asked for. */
export function progressOnScreen(): Progress {
  const from = performance.now();
  return (words) => {
    const seconds = ((performance.now() - from) / 1_000).toFixed(1);
    process.stderr.write(`${seconds.padStart(6)} s  ${words}\n`);
  };
}
