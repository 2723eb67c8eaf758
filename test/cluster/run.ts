// Commands that are waited for.

import { execFile } from 'node:child_process';

export type RunOptions = {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly limitMs?: number;
  /** Its standard input. */
  readonly input?: string;
};

/** What a command may say at most, in bytes. */
const SAID_MAX = 64 * 1024 * 1024;

const LIMIT_MS = 60_000;

/** Runs a command and gives its standard output; throws with what it said when it fails or takes too long. */
export async function run(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { limitMs = LIMIT_MS, input, cwd, env } = options;
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const child = execFile(
    program,
    args,
    {
      timeout: limitMs,
      killSignal: 'SIGKILL',
      maxBuffer: SAID_MAX,
      env: { ...process.env, ...env },
      ...(cwd === undefined ? {} : { cwd }),
    },
    (error, out, err) => {
      if (error === null) return resolve(out);
      const why = error.killed === true ? `took more than ${limitMs / 1_000} s` : `failed (${error.code})`;
      reject(new Error(`${program} ${args.join(' ')} ${why}\n${err}${out}`.trimEnd(), { cause: error }));
    },
  );
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input ?? '');
  return promise;
}

/** True when the command ends with code 0. */
export async function succeeds(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<boolean> {
  return run(program, args, options).then(
    () => true,
    () => false,
  );
}
