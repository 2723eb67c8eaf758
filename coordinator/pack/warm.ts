// Starts the sidecar of an image once while that is built: `node coordinator/pack/warm.ts COMMAND…`. Node keeps what
// it compiled in NODE_COMPILE_CACHE, and each pod starts with that.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const LIMIT_MS = 60_000;

const { NODE_COMPILE_CACHE: cache = '' } = process.env;
const [program = process.execPath, ...words] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'baton-warm-'));
try {
  await startOnce(folder);
} finally {
  rmSync(folder, { recursive: true });
}
if (!existsSync(cache) || readdirSync(cache).length === 0)
  throw new Error(`Node has kept nothing in ${cache || 'NODE_COMPILE_CACHE, which is not set'}`);

/** Until it listens and has been asked what a kubelet and Prometheus ask; then it is ended in good order. */
async function startOnce(folder: string): Promise<void> {
  const portFile = join(folder, 'ports.json');
  const config = {
    ...{ partition: 'warm', segment: 'warm', ordinal: 0, podUid: 'warm' },
    ...{ machine: 'dune', segments: ['warm'], adapter: { type: 'grpc', address: '127.0.0.1:1' } },
    listen: { grpc: '127.0.0.1:0', probes: '127.0.0.1:0' },
    ...{ stateFile: join(folder, 'state'), portFile, gracePeriod: '30s', margin: '5s', log: 'warn' },
  };
  const configFile = join(folder, 'sidecar.json');
  writeFileSync(configFile, JSON.stringify(config));
  const child = spawn(program, [...words, '--config', configFile], { stdio: 'inherit' });
  const ended = once(child, 'exit');
  for (const path of ['/startupz', '/process/readyz', '/metrics'])
    await (await fetch(`http://${await probesOf(portFile)}${path}`)).text();
  child.kill('SIGTERM');
  const [code] = await ended;
  if (code !== 0) throw new Error(`the sidecar ended with ${code}`);
}

async function probesOf(portFile: string): Promise<string> {
  for (const deadline = Date.now() + LIMIT_MS; Date.now() < deadline; await pause(10)) {
    if (!existsSync(portFile)) continue;
    const ports: { readonly probes: string } = JSON.parse(readFileSync(portFile, 'utf8'));
    return ports.probes;
  }
  throw new Error(`the sidecar has not told its ports within ${LIMIT_MS} ms`);
}
