// Proto files inside the bundle. Ours, and those of health and reflection, are read by proto-loader from files
// beside the modules; in a bundle there are none, so what it would read is put in as JSON.

import { loadProtosWithOptionsSync } from '@grpc/proto-loader/build/src/util.js';
import type { Plugin } from 'esbuild';
import { CONTRACT_FILES, CONTRACT_FOLDER } from '../../protos/load.ts';

/** What is asked of proto-loader anywhere in the three programs, and from which package. */
const HEALTH = 'health/v1/health.proto';
const REFLECTIONS = ['v1', 'v1alpha'].map((version) => `grpc/reflection/${version}/reflection.proto`);

/** Replaces proto-loader by one that has all the files in it. */
export function embedProtos(resolve: (name: string) => string): Plugin {
  return {
    name: 'embed-protos',
    setup: (build) => {
      build.onResolve({ filter: /^@grpc\/proto-loader$/ }, ({ namespace }) =>
        namespace === 'protos' ? undefined : { path: 'proto-loader', namespace: 'protos' },
      );
      build.onLoad({ filter: /.*/, namespace: 'protos' }, () => ({
        contents: loaderText(definitions(resolve)),
        loader: 'js',
        resolveDir: import.meta.dirname,
      }));
    },
  };
}

type Definitions = Readonly<Record<string, object>>;

function definitions(resolve: (name: string) => string): Definitions {
  const ours = [[...CONTRACT_FILES], CONTRACT_FOLDER] as const;
  const health = [[HEALTH], resolve('grpc-health-check/proto')] as const;
  const reflections = REFLECTIONS.map((name) => [[name], resolve('@grpc/reflection/build/proto')] as const);
  return Object.fromEntries(
    [ours, health, ...reflections].map(([names, folder]) => [
      names.join(),
      loadProtosWithOptionsSync([...names], { includeDirs: [folder] }).toJSON(),
    ]),
  );
}

/** A file is known by what follows the folder of its package: `…/proto/health/v1/health.proto`. */
function loaderText(known: Definitions): string {
  return `
    const loader = require('@grpc/proto-loader');
    const known = ${JSON.stringify(known)};
    const nameOf = (file) => file.split(/[\\\\/]proto[\\\\/]/).at(-1).replaceAll('\\\\', '/');
    const loadSync = (files, options) => {
      const name = [files].flat().map(nameOf).join();
      if (known[name] === undefined) throw new Error(name + ' is not in this bundle');
      return loader.fromJSON(known[name], options);
    };
    module.exports = { ...loader, loadSync };
  `;
}
