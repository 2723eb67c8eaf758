// The coordinator as a program of its own, for what only a program has: signals, exit codes, a death.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { temporaryDirectory } from '../journal/directory.ts';
import { condition } from '../sidecar/condition.ts';

const MAIN = fileURLToPath(new URL('../../coordinator/main.ts', import.meta.url));

const DOCUMENT = `
apiVersion: baton.dev/v1alpha1
kind: Partition
metadata: { name: daq }
spec:
  machine: minimal
  segments:
    - name: readout
      members: 1
      adapter: { type: grpc, port: 5000 }
`;

/** Fields of a line of its log. */
export type Lines = Readonly<Record<string, unknown>>;

/** A coordinator as a program. */
export type Running = AsyncDisposable & {
  readonly pid: number;
  readonly address: string;
  readonly lines: readonly Lines[];
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly exit: Promise<number | null>;
};

export type Directory = ReturnType<typeof temporaryDirectory>;

/** Runs a coordinator on the directory's journal until it has written its port file or has ended. */
export async function run(
  directory: Directory,
  name: string,
  more: readonly string[] = [],
): Promise<Running & { stderr: () => string }> {
  writeFileSync(directory.file('p.yaml'), DOCUMENT);
  const portFile = directory.file(`${name}.port`);
  const args = [
    '--document',
    directory.file('p.yaml'),
    '--journal',
    directory.file('journal.db'),
    '--targets',
    directory.file('targets.json'),
  ];
  const child = spawn(process.execPath, [
    MAIN,
    ...args,
    '--listen',
    '127.0.0.1:0',
    '--port-file',
    portFile,
    ...more,
  ]);
  const lines: Lines[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(JSON.parse(line)));
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  let hasEnded = false;
  const exit = once(child, 'close').then(([code]) => {
    hasEnded = true;
    return code;
  });
  const address = (): string => {
    try {
      return readFileSync(portFile, 'utf8').trim();
    } catch {
      return '';
    }
  };
  await condition(`${name} begins`, () => hasEnded || address() !== '');
  return {
    pid: child.pid ?? 0,
    address: address(),
    lines,
    stderr: () => stderr,
    kill: (signal) => child.kill(signal),
    exit,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await exit;
    },
  };
}

/** The first line with these words. */
export function told(running: Running, message: string): Lines | undefined {
  return running.lines.find((line) => line['msg'] === message);
}
