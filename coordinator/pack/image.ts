// Programs for an image: `node coordinator/pack/image.ts FOLDER name=entry.ts …`, each as FOLDER/name.js, with what
// they share beside them. Images' Dockerfiles call this; they need neither node_modules nor npm then.

import { writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, resolve } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { packageFolder } from './bundle.ts';
import { materialsOf } from './materials.ts';
import { noticesOf } from './notices.ts';
import { embedProtos } from './protos.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** As in bundle.ts, for a Node that is known to be new enough. */
const BANNER = [
  "const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);",
  'const __dirname = import.meta.dirname;',
  'const __filename = import.meta.filename;',
].join('\n');

/**
 * Writes the programs in `entries` (name to path from the checkout) into `folder`, with the licences and the
 * bill of materials of what they hold, and tells what is in them. Throws when something cannot be bundled.
 */
export async function bundleImage(
  folder: string,
  entries: Readonly<Record<string, string>>,
): Promise<Metafile> {
  const { metafile } = await build({
    entryPoints: { ...entries },
    outdir: folder,
    absWorkingDir: ROOT,
    bundle: true,
    // What is smaller is read and compiled sooner, and there is no one to read it.
    minify: true,
    splitting: true,
    chunkNames: 'part-[hash]',
    platform: 'node',
    format: 'esm',
    target: 'node24',
    banner: { js: BANNER },
    metafile: true,
    logLevel: 'silent',
    plugins: [embedProtos(packageFolder), lateBuiltins, oneLocale],
  });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}\n');
  writeFileSync(join(folder, 'NOTICES.txt'), noticesOf(metafile));
  writeFileSync(join(folder, 'sbom.json'), materialsOf(Object.keys(entries), metafile));
  return metafile;
}

/**
 * Node's own modules by `require`. An `import` of node:http asks it for everything that it exports, also for what
 * is made when it is first asked for: WebSocket, and with it a whole HTTP client, 4 MB of each sidecar's memory.
 */
const lateBuiltins: Plugin = {
  name: 'late-builtins',
  setup: (build) => {
    build.onResolve({ filter: /./ }, ({ path, kind }) =>
      kind.startsWith('import') && isBuiltin(path) ? { path, namespace: 'builtin' } : undefined,
    );
    build.onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
      loader: 'js',
    }));
  },
};

/** All the languages in which zod can speak are a third of the sidecar's program; our schemas speak for themselves. */
const oneLocale: Plugin = {
  name: 'one-locale',
  setup: (build) => {
    build.onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
      loader: 'js',
    }));
  },
};

if (import.meta.main) {
  const [folder = '.', ...words] = process.argv.slice(2);
  const entries = Object.fromEntries(words.map((word) => word.split('=', 2)));
  await bundleImage(resolve(folder), entries);
}
