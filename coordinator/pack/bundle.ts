// All three programs and everything that they use: what each needs only sometimes stands in a file of its own.

import { createRequire } from 'node:module';
import { dirname, join, resolve as resolvePath } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { embedProtos } from './protos.ts';

const ROOT = resolvePath(import.meta.dirname, '../..');

/** Node that can run the bundle, as in baton.js of the checkout. */
export const NODE_MAJOR_MIN = 24;

/**
 * Before anything else: an older Node is told so, since what follows would only confuse it. Packages in CommonJS
 * ask for `require` and `__dirname`, which a module has not.
 */
const BANNER = [
  '#!/usr/bin/env node',
  `if (Number(process.versions.node.split('.')[0]) < ${NODE_MAJOR_MIN}) {`,
  `  console.error('baton: wants Node ${NODE_MAJOR_MIN} or newer, this is ' + process.versions.node + ' (' + process.execPath + ')');`,
  "  console.error('now: nothing was done');",
  "  console.error('next: update Node, then ask again');",
  '  process.exit(2);',
  '}',
  "import { createRequire as batonRequire } from 'node:module';",
  'const require = batonRequire(import.meta.url);',
  'const __dirname = import.meta.dirname;',
  'const __filename = import.meta.filename;',
].join('\n');

/** Folder of what is loaded when it is needed, beside the program. */
export const PARTS = 'parts';

/**
 * Writes the bundle to `folder`, as baton.js and its parts, and tells what is in it. In one file each sidecar and
 * each command would read the Kubernetes client, which is larger than all the rest. Throws when something cannot be
 * bundled.
 */
export async function bundle(folder: string): Promise<Metafile> {
  const { metafile } = await build({
    entryPoints: [join(ROOT, 'coordinator/pack/entry.ts')],
    outdir: folder,
    entryNames: 'baton',
    chunkNames: `${PARTS}/[name]-[hash]`,
    splitting: true,
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'node',
    format: 'esm',
    // Lower than what runs it: so that a Node of before can read it as far as the banner's refusal.
    target: 'node20',
    banner: { js: BANNER },
    metafile: true,
    logLevel: 'silent',
    plugins: [embedProtos(packageFolder), lateSqlite],
  });
  return metafile;
}

/** An import is linked before the first line runs, and an older Node has no such module. */
const lateSqlite: Plugin = {
  name: 'late-sqlite',
  setup: (build) => {
    build.onResolve({ filter: /^node:sqlite$/ }, () => ({ path: 'sqlite', namespace: 'late' }));
    build.onLoad({ filter: /.*/, namespace: 'late' }, () => ({
      contents: "module.exports = process.getBuiltinModule('node:sqlite');",
      loader: 'js',
    }));
  },
};

/** A folder inside an installed package: `grpc-health-check/proto`. */
export function packageFolder(name: string): string {
  const parts = name.split('/');
  const scoped = name.startsWith('@') ? 2 : 1;
  const manifest = createRequire(import.meta.url).resolve(`${parts.slice(0, scoped).join('/')}/package.json`);
  return join(dirname(manifest), ...parts.slice(scoped));
}
