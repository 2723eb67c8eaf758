// Images made without a registry or a daemon, each under a name that its content gives, as archives in the cache.

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { BUILDAH, CACHE } from './places.ts';
import type { Progress } from './progress.ts';
import { run } from './run.ts';
import { inTurn } from './turns.ts';

export type Image = {
  /** As pods name it. */
  readonly reference: string;
  /** The file that holds it. */
  readonly archive: string;
};

export type Wanted = {
  /** The last word of its name: `sidecar`. */
  readonly name: string;
  /** Of everything that goes into it. */
  readonly hash: string;
  /** Leaves an image of that reference in buildah's store. */
  readonly make: (reference: string) => Promise<void>;
};

const ARCHIVES = join(CACHE, 'images');

/** Its own store of layers, apart from that of a buildah that people use. */
const STORE = ['--root', BUILDAH, '--runroot', `${BUILDAH}-run`];

/** For large images on a busy machine, in milliseconds. */
const LIMIT_MS = 900_000;

/** Archives of one name that are kept, the latest used. */
const KEPT_MAX = 6;

/** Images of buildah's own store, most of them steps of a Dockerfile: when there are more it begins anew. */
const BUILD_STEPS_MAX = 150;

/** The image, made when the cache has none of that content. */
export async function provideImage({ name, hash, make }: Wanted, tell: Progress): Promise<Image> {
  const reference = `localhost/baton/${name}:${hash}`;
  const archive = join(ARCHIVES, `${name}-${hash}.tar`);
  if (!existsSync(archive)) {
    await inTurn('images', tell, async () => {
      // Whoever had the turn before may have made it.
      if (existsSync(archive)) return;
      tell(`making image ${reference}`);
      await forgetSteps();
      await make(reference);
      await save(reference, archive);
      forgetOld(name);
    });
  }
  const now = new Date();
  utimesSync(archive, now, now);
  return { reference, archive };
}

/** Makes sure that buildah itself has the image: only its archive is kept for ever. */
export async function loadImage({ reference, archive }: Image): Promise<void> {
  const known = await buildah('images', '--format', '{{.Name}}:{{.Tag}}');
  if (!known.split('\n').includes(reference)) await buildah('pull', `oci-archive:${archive}`);
}

/** Runs buildah over the cluster's own store. */
export function buildah(...args: readonly string[]): Promise<string> {
  return run('buildah', [...STORE, ...args], { env: { BUILDAH_ISOLATION: 'chroot' }, limitMs: LIMIT_MS });
}

/** The archive appears only when it is whole. */
async function save(reference: string, archive: string): Promise<void> {
  mkdirSync(ARCHIVES, { recursive: true });
  const unfinished = `${archive}.${process.pid}`;
  try {
    await buildah('push', reference, `oci-archive:${unfinished}:${reference}`);
    renameSync(unfinished, archive);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/** Removes what builds that were killed have left, and all steps when they have become too many. */
async function forgetSteps(): Promise<void> {
  await buildah('rm', '--all');
  const steps = (await buildah('images', '--all', '--quiet')).split('\n').length;
  if (steps > BUILD_STEPS_MAX) await buildah('rmi', '--all', '--force');
}

function forgetOld(name: string): void {
  const own = readdirSync(ARCHIVES).filter((file) => /^(.*)-[0-9a-f]+\.tar$/.exec(file)?.[1] === name);
  const paths = own.map((file) => join(ARCHIVES, file));
  const byUse = paths.sort((one, other) => statSync(other).mtimeMs - statSync(one).mtimeMs);
  for (const path of byUse.slice(KEPT_MAX)) rmSync(path, { force: true });
}
