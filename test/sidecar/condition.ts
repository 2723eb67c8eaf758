/** How long a test waits for a condition unless it says otherwise, in milliseconds. */
const PATIENCE_MS = 25_000;

/** Waits until `holds` is true; fails with the sentence when it does not become true in time. */
export async function condition(
  sentence: string,
  holds: () => boolean | Promise<boolean>,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const until = performance.now() + patienceMs;
  while (!(await holds())) {
    if (performance.now() > until) throw new Error(`never happened: ${sentence}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
