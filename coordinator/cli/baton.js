#!/usr/bin/env node
// Baton is TypeScript that Node runs as it is, from version 24 on. An older Node can read only this file: it
// hands over to the Node that was installed with the package, or says what is missing.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const WANTED = 24;
const major = Number(process.versions.node.split('.')[0]);

if (major >= WANTED) {
  await import('./baton.ts');
} else {
  const packaged = ['../node_modules/node/bin/node', '../../node_modules/node/bin/node']
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(path));
  if (packaged === undefined) {
    console.error(`baton: wants Node ${WANTED} or newer, this is ${process.versions.node} (${process.execPath})`);
    console.error('now: nothing was done');
    console.error('next: npm ci in the checkout installs the right Node beside baton, or update Node');
    process.exit(2);
  }
  handOver(packaged);
}

function handOver(node) {
  // By which of its names it was called is told by the path.
  const words = process.argv.slice(1);
  const child = spawn(node, words, { stdio: 'inherit' });
  // A terminal gives Ctrl-C to both of us at once: passing it on would make it a second one.
  const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  process.on('SIGINT', () => terminal || child.kill('SIGINT'));
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
