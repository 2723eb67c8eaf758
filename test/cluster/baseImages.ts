// Images that stand for those of a registry: the pause program, and Node on a few packages of Debian.

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pathOf } from './binaries.ts';
import { buildah, type Image, provideImage } from './buildah.ts';
import { contentHash } from './hash.ts';
import type { Progress } from './progress.ts';
import { run } from './run.ts';

const SUITE = 'bookworm';

/** What Node is linked to, and a shell for the building of images. */
const DEBIAN = ['base-files', 'dash', 'coreutils', 'libc6', 'libgcc-s1', 'libstdc++6', 'ca-certificates'];

/** The program of the npm package `node`, as package-lock.json has it. */
const NODE = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node');

/** Changed when the way in which the images are made changes. */
const WAY = 1;

/** The image without which no pod starts. */
export function pauseImage(tell: Progress): Promise<Image> {
  const program = pathOf('pause');
  const make = (reference: string) =>
    fromScratch(reference, async (container) => {
      await buildah('copy', container, program, '/pause');
      await buildah('config', '--entrypoint', '["/pause"]', '--cmd', '', container);
    });
  return provideImage({ name: 'pause', hash: contentHash(dirname(program), ['pause'], WAY), make }, tell);
}

/** What NODE_IMAGE of a Dockerfile is here: Debian's libraries, a shell, node; no npm. */
export function nodeImage(tell: Progress): Promise<Image> {
  const make = (reference: string) => fromScratch(reference, (container) => addNode(container));
  return provideImage({ name: 'node', hash: contentHash(dirname(NODE), ['node'], WAY), make }, tell);
}

/** The same with npm, for the stage of a Dockerfile that installs packages. */
export function nodeBuildImage(tell: Progress): Promise<Image> {
  const npm = npmFolder();
  const hash = contentHash(dirname(NODE), ['node'], WAY, readFileSync(join(npm, 'package.json'), 'utf8'));
  const make = (reference: string) =>
    fromScratch(reference, async (container) => {
      await addNode(container);
      await buildah('copy', container, npm, '/usr/local/lib/node_modules/npm');
      for (const name of ['npm', 'npx']) {
        const to = `/usr/local/lib/node_modules/npm/bin/${name}-cli.js`;
        await buildah('run', container, 'ln', '-s', to, `/usr/local/bin/${name}`);
      }
    });
  return provideImage({ name: 'node-build', hash, make }, tell);
}

/** The package of the npm in PATH; throws when there is none. */
function npmFolder(): string {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const program = join(folder, 'npm');
    if (existsSync(program)) return join(dirname(realpathSync(program)), '..');
  }
  throw new Error('npm is not in PATH: the images of the project are built with it');
}

async function addNode(container: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-base-'));
  try {
    const tar = join(folder, 'root.tar');
    const words = ['--variant=extract', '--quiet', `--include=${DEBIAN.join(',')}`, SUITE, tar];
    await run('mmdebstrap', words, { limitMs: 600_000 });
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    copyFileSync(NODE, join(bin, 'node'));
    await buildah('add', container, tar, '/');
    await buildah('copy', '--chmod', '755', container, bin, '/usr/local/bin');
    await buildah('config', '--env', 'PATH=/usr/local/bin:/usr/bin:/bin', '--cmd', '["node"]', container);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fromScratch(reference: string, fill: (container: string) => Promise<void>): Promise<void> {
  const container = (await buildah('from', 'scratch')).trim();
  try {
    await fill(container);
    await buildah('commit', '--quiet', container, reference);
  } finally {
    await buildah('rm', container);
  }
}
