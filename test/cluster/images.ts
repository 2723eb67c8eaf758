// Images on the nodes: there is no registry, so each containerd is given what its pods need.

import { setTimeout as wait } from 'node:timers/promises';
import type { Image } from './buildah.ts';
import { NODES, type Node } from './nodes.ts';
import type { Progress } from './progress.ts';
import { run, succeeds } from './run.ts';

const IMPORT_LIMIT_MS = 300_000;

/** containerd takes a moment before it listens. */
const TRIES_MAX = 300;
const TRY_MS = 100;

/** Gives these images to all nodes that do not have them. */
export async function importImages(images: readonly Image[], tell: Progress): Promise<void> {
  await Promise.all(NODES.map((node) => importTo(node, images, tell)));
}

async function importTo(node: Node, images: readonly Image[], tell: Progress): Promise<void> {
  await untilRuntime(node);
  const known = (await ctr(node, 'images', 'list', '--quiet')).split('\n');
  for (const { reference, archive } of images.filter((image) => !known.includes(image.reference))) {
    await ctr(node, 'images', 'import', '--digests', archive);
    tell(`${reference} is on ${node.name}`);
  }
}

/** Runs ctr in the namespace of the kubelet of a node. */
export function ctr(node: Node, ...args: readonly string[]): Promise<string> {
  return run('ctr', ['--address', node.socket, '--namespace', 'k8s.io', ...args], {
    limitMs: IMPORT_LIMIT_MS,
  });
}

async function untilRuntime(node: Node): Promise<void> {
  for (let tried = 0; tried < TRIES_MAX; tried += 1) {
    if (await succeeds('ctr', ['--address', node.socket, 'version'])) return;
    await wait(TRY_MS);
  }
  throw new Error(`containerd of ${node.name} does not answer at ${node.socket}`);
}
