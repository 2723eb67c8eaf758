// The images of this checkout, built from its Dockerfiles as its users build them.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { nodeBuildImage, nodeImage } from './baseImages.ts';
import { buildah, type Image, loadImage, provideImage } from './buildah.ts';
import { contentHash } from './hash.ts';
import type { Progress } from './progress.ts';

const ROOT = resolve(import.meta.dirname, '../..');

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

/** All images of the project, and the one with nothing but Node; what has not changed is not built again. */
export async function projectImages(tell: Progress): Promise<Images> {
  const bases = { node: await nodeImage(tell), nodeBuild: await nodeBuildImage(tell) };
  const images: Partial<Record<ImageName, Image>> = { node: bases.node };
  for (const recipe of RECIPES) {
    if (existsSync(join(ROOT, recipe.dockerfile)))
      images[recipe.name] = await fromDockerfile(recipe, bases, tell);
  }
  return images;
}

type Recipe = (typeof RECIPES)[number];
type Bases = { readonly node: Image; readonly nodeBuild: Image };

function fromDockerfile({ name, dockerfile, reads }: Recipe, bases: Bases, tell: Progress): Promise<Image> {
  const { node, nodeBuild } = bases;
  const files = filesOf([dockerfile, ...reads, ...COMMON]);
  const hash = contentHash(ROOT, files, node.reference, nodeBuild.reference);
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
      join(ROOT, dockerfile),
      '--tag',
      reference,
      ROOT,
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
function filesOf(paths: readonly string[]): readonly string[] {
  const words = ['ls-files', '--cached', '--others', '--exclude-standard', '-z', '--', ...paths];
  const names = execFileSync('git', words, { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return [...new Set(names.split('\0'))].filter((name) => name !== '' && existsSync(join(ROOT, name)));
}
