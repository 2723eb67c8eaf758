// A process that listens and ends on SIGTERM: node process.ts TARGET PORT

import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { behaviourOf, note } from './events.ts';

const [target = '', port = ''] = process.argv.slice(2);

createServer((socket) => socket.destroy()).listen(Number(port), '127.0.0.1', () => {
  note(`${target} process began ${process.pid}`);
  if (behaviourOf(target).isParent !== true) return;
  note(`${target} child ${spawn('sleep', ['600'], { stdio: 'inherit' }).pid}`);
});
process.on('SIGTERM', () => {
  note(`${target} process SIGTERM`);
  if (behaviourOf(target).isDeaf !== true) process.exit(0);
});
