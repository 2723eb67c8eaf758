// The completion scripts in real shells.

import { execFile, execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';
import { SHELLS } from '../../coordinator/cli/completion/scripts.ts';
import { type Fake, startFake } from '../cli/fakeCoordinator.ts';
import { fakeWorld, run } from '../cli/fakeWorld.ts';
import { temporaryDirectory } from '../journal/directory.ts';

// Several programs start one after the other.
vi.setConfig({ testTimeout: 90_000 });

const PROGRAM = join(import.meta.dirname, '../../coordinator/cli/baton.ts');

/** Runs a shell in which `baton` is a program and asks the fake. */
async function inShell(fake: Fake, command: readonly [string, ...string[]]): Promise<string> {
  using directory = temporaryDirectory();
  const wrapper = `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`;
  writeFileSync(directory.file('baton'), wrapper, { mode: 0o755 });
  for (const shell of SHELLS) {
    writeFileSync(directory.file(shell), (await run(fakeWorld(''), `completion ${shell}`)).out);
  }
  writeFileSync(directory.file('a file.yaml'), '');
  const [shell, ...words] = command;
  const env = {
    ...process.env,
    PATH: `${directory.path}${delimiter}${process.env['PATH'] ?? ''}`,
    HOME: directory.path,
    BATON_ADDRESS: fake.address,
  };
  const { stdout } = await promisify(execFile)(shell, words, { cwd: directory.path, env, encoding: 'utf8' });
  return stdout;
}

test('bash completes words, values after = and files', async () => {
  await using fake = await startFake();
  const asked = ['baton stat', 'baton goto ', 'baton send start production_vs_test=T', 'baton up -f a'];
  const ask = (line: string) =>
    `COMP_LINE='${line}' COMP_POINT=${line.length}; _baton baton; printf '[%s]' "\${COMPREPLY[@]}"; echo`;
  const script = ['source bash', 'complete -p baton', ...asked.map(ask)].join('\n');
  expect(await inShell(fake, ['bash', '--norc', '-c', script])).toBe(
    'complete -F _baton baton\n' +
      '[status]\n' +
      '[initial][configured][ready][running][dataflow_drained][trigger_sources_stopped]\n' +
      '[TEST]\n' +
      '[a file.yaml]\n',
  );
});

test.skipIf(!isThere('fish'))('fish completes words, values after = and files', async () => {
  await using fake = await startFake();
  const lines = ['baton stat', 'baton goto con', 'baton send start production_vs_test=T', 'baton up -f a'];
  const script = ['source fish', ...lines.map((line) => `complete -C '${line}'`)].join('\n');
  expect(await inShell(fake, ['fish', '--no-config', '-c', script])).toBe(
    'status\tshow the partition and its targets as they are now\n' +
      'configured\tQueues and connections exist.\n' +
      'production_vs_test=TEST\n' +
      'a file.yaml\n',
  );
});

test.skipIf(!isThere('zsh'))('zsh completes words', async () => {
  await using fake = await startFake();
  // In a terminal of its own: a completion in zsh is more than a function that can be called.
  const script = [
    'zmodload zsh/zpty',
    'zpty inner zsh -f -i',
    "zpty -w inner 'autoload -U compinit; compinit -D -u; source ./zsh; print rea''dy'",
    "zpty -r inner told '*ready*'",
    "zpty -w -n inner $'baton stat\\t\\n'",
    "zpty -r inner told '*mini*running*'",
    'print -r -- $told',
  ];
  expect(await inShell(fake, ['zsh', '-f', '-c', script.join('\n')])).toContain('mini');
});

function isThere(shell: string): boolean {
  try {
    execFileSync(shell, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
