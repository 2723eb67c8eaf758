// The images of this checkout, or of another release, built from their Dockerfiles as their users build them.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { nodeBuildImage, nodeImage } from './baseImages.ts';
import { buildah, type Image, loadImage, provideImage } from './buildah.ts';
import { contentHash } from './hash.ts';
import type { Progress } from './progress.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** Sources that images are built from. */
export type Sources = {
  readonly root: string;
  /** Names, from the root, of the files below these paths. */
  readonly filesOf: (paths: readonly string[]) => readonly string[];
};

const CHECKOUT: Sources = { root: ROOT, filesOf: filesOfCheckout };

/** Each with its Dockerfile and all that it may read. */
const RECIPES = [
  { name: 'coordinator', dockerfile: 'coordinator/Dockerfile', reads: ['coordinator', 'sidecar', 'protos'] },
  { name: 'sidecar', dockerfile: 'sidecar/Dockerfile', reads: ['coordinator/pack', 'sidecar', 'protos'] },
  {
    name: 'daq',
    dockerfile: 'test/daq/Dockerfile',
    reads: ['coordinator/pack', 'sidecar', 'protos', 'test/daq'],
  },
] as const;

/** What every build may read. */
const COMMON = ['package.json', 'package-lock.json', '.npmrc', '.dockerignore'];

export const IMAGE_NAMES = ['node', 'coordinator', 'sidecar', 'daq'] as const;
export type ImageName = (typeof IMAGE_NAMES)[number];
export type Images = Readonly<Partial<Record<ImageName, Image>>>;

/** All images of these sources, and the one with nothing but Node; what has not changed is not built again. */
export async function projectImages(tell: Progress, sources: Sources = CHECKOUT): Promise<Images> {
  const bases = { node: await nodeImage(tell), nodeBuild: await nodeBuildImage(tell) };
  const images: Partial<Record<ImageName, Image>> = { node: bases.node };
  for (const recipe of RECIPES) {
    if (existsSync(join(sources.root, recipe.dockerfile)))
      images[recipe.name] = await fromDockerfile(recipe, { ...bases, sources }, tell);
  }
  return images;
}

type Recipe = (typeof RECIPES)[number];
type Given = { readonly node: Image; readonly nodeBuild: Image; readonly sources: Sources };

function fromDockerfile({ name, dockerfile, reads }: Recipe, given: Given, tell: Progress): Promise<Image> {
  const { node, nodeBuild, sources } = given;
  const { root, filesOf } = sources;
  const files = filesOf([dockerfile, ...reads, ...COMMON]);
  const hash = contentHash(root, files, node.reference, nodeBuild.reference);
  const make = async (reference: string) => {
    await loadImage(node);
    await loadImage(nodeBuild);
    const args = [`NODE_IMAGE=${node.reference}`, `NODE_BUILD_IMAGE=${nodeBuild.reference}`];
    const words = [...args.flatMap((arg) => ['--build-arg', arg]), ...authorities()];
    await buildah(
      'build',
      '--layers',
      '--pull=never',
      ...words,
      '--file',
      join(root, dockerfile),
      '--tag',
      reference,
      root,
    );
  };
  return provideImage({ name, hash, make }, tell);
}

/** Where a proxy stands before the registry of packages, a build trusts the same authorities as we do. */
function authorities(): readonly string[] {
  const file = process.env['NODE_EXTRA_CA_CERTS'];
  if (file === undefined || file === '') return [];
  return ['--volume', `${file}:${file}:ro`, '--build-arg', `NODE_EXTRA_CA_CERTS=${file}`];
}

/** Files of the checkout below these paths that git knows or would add. */
function filesOfCheckout(paths: readonly string[]): readonly string[] {
  const words = ['ls-files', '--cached', '--others', '--exclude-standard', '-z', '--', ...paths];
  const names = execFileSync('git', words, { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return [...new Set(names.split('\0'))].filter((name) => name !== '' && existsSync(join(ROOT, name)));
}
