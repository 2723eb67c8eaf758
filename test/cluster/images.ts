// Images: made by buildah without a registry or a daemon, and given to the containerd of each node.

import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathOf } from './binaries.ts';
import { PAUSE } from './modules.ts';
import { NODES, type Node } from './nodes.ts';
import { CACHE } from './places.ts';
import type { Progress } from './progress.ts';
import { run, succeeds } from './run.ts';
import { PAUSE_IMAGE } from './runtime.ts';

const ARCHIVES = join(CACHE, 'images');

/** Its own store of layers, apart from that of a buildah that people use. */
const STORE = [
  '--root',
  join(CACHE, 'buildah'),
  '--runroot',
  join(CACHE, 'buildah-run'),
  '--storage-driver',
  'vfs',
];

/** For large images on a busy machine, in milliseconds. */
const BUILD_LIMIT_MS = 600_000;

/** containerd takes a moment before it listens. */
const TRIES_MAX = 300;
const TRY_MS = 100;

/** Gives each node the image without which no pod starts. */
export async function importImages(tell: Progress): Promise<void> {
  const archive = join(ARCHIVES, `${basename(PAUSE.output)}.tar`);
  if (!existsSync(archive)) await buildPause(archive);
  await Promise.all(NODES.map((node) => importImage(node, PAUSE_IMAGE, archive, tell)));
}

/** Imports an archive into the containerd of a node, unless it has an image of that name. */
async function importImage(node: Node, image: string, archive: string, tell: Progress): Promise<void> {
  await untilRuntime(node);
  const names = await ctr(node, 'images', 'list', '--quiet');
  if (names.split('\n').includes(image)) return;
  await ctr(node, 'images', 'import', '--digests', archive);
  tell(`${image} imported on ${node.name}`);
}

async function buildPause(archive: string): Promise<void> {
  const container = (await buildah('from', 'scratch')).trim();
  try {
    await buildah('copy', container, pathOf('pause'), '/pause');
    await buildah('config', '--entrypoint', '["/pause"]', '--cmd', '', container);
    await commit(container, PAUSE_IMAGE, archive);
  } finally {
    await buildah('rm', container);
  }
}

/** The archive appears only when it is whole. */
async function commit(container: string, image: string, archive: string): Promise<void> {
  mkdirSync(ARCHIVES, { recursive: true });
  const unfinished = `${archive}.${process.pid}`;
  try {
    await buildah('commit', container, `oci-archive:${unfinished}:${image}`);
    renameSync(unfinished, archive);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

function buildah(...args: readonly string[]): Promise<string> {
  return run('buildah', [...STORE, ...args], {
    env: { BUILDAH_ISOLATION: 'chroot' },
    limitMs: BUILD_LIMIT_MS,
  });
}

function ctr(node: Node, ...args: readonly string[]): Promise<string> {
  return run('ctr', ['--address', node.socket, '--namespace', 'k8s.io', ...args], {
    limitMs: BUILD_LIMIT_MS,
  });
}

async function untilRuntime(node: Node): Promise<void> {
  for (let tried = 0; tried < TRIES_MAX; tried += 1) {
    if (await succeeds('ctr', ['--address', node.socket, 'version'])) return;
    await wait(TRY_MS);
  }
  throw new Error(`containerd of ${node.name} does not answer at ${node.socket}`);
}
