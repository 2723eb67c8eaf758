// A child that obeys lines, and breaks the contract in the way that its argument names: `node nasty.ts MANNER`.

import { spawn } from 'node:child_process';
import { closeSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';

type Asked = {
  readonly perform?: { readonly token: object; readonly transition: string; readonly to: string };
  readonly giveUp?: { readonly token: object };
};

const manner = process.argv[2];
let state = 'idle';
const say = (message: object) => writeSync(1, `${JSON.stringify(message)}\n`);

if (manner === 'deaf') process.on('SIGTERM', () => writeSync(2, 'SIGTERM is ignored\n'));
else process.on('SIGTERM', () => process.exit(7));
const alive = setInterval(() => undefined, 60_000);

const input = createInterface({ input: process.stdin });
input.on('close', () => {
  if (manner === 'deaf') return;
  clearInterval(alive);
});
input.on('line', (line) => {
  writeSync(2, `asked ${line}\n`);
  const { perform, giveUp }: Asked = JSON.parse(line);
  if (perform !== undefined) obey(perform);
  if (giveUp !== undefined)
    say({ answer: { token: giveUp.token, outcome: 'failed', state, cause: 'gave up' } });
});
say({ state });

function obey({ token, to }: NonNullable<Asked['perform']>): void {
  const answer = { token, outcome: 'executed', state: to };
  switch (manner) {
    case 'exits':
      return process.exit(3);
    case 'crashes':
      process.kill(process.pid, 'SIGSEGV');
      return;
    case 'half':
      writeSync(1, JSON.stringify({ answer }).slice(0, 40));
      return process.exit(0);
    case 'answersAndExits':
      say({ answer });
      return process.exit(0);
    case 'large':
      return void process.stdout.write(
        `${JSON.stringify({ answer: { ...answer, cause: 'x'.repeat(5e6) } })}\n`,
      );
    case 'hangs':
    case 'deaf':
      return;
    case 'refuses':
      return void say({ answer: { token, outcome: 'refused', state, cause: 'no high\nvoltage' } });
    case 'stranger':
      say({ answer: { ...answer, token: { operationNumber: 99, step: 0, operationId: 'op-99' } } });
      break;
    case 'garbage':
      writeSync(1, '\u001b[1mno message\n\n}{\n{"state":7}\n{"answer":null}\n{ not json\n{"other":1}\n');
      break;
    case 'closesOutput':
      return closeSync(1);
    case 'leavesAStranger':
      // It outlives its parent, in a group of its own, with the output in its hands.
      spawn('sleep', ['40'], { detached: true, stdio: ['ignore', 'inherit', 'ignore'] }).unref();
      return process.exit(4);
  }
  state = to;
  say({ answer });
  if (manner === 'twice') say({ answer });
}
