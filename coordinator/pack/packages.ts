// The packages of which a bundle holds something.

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Metafile } from 'esbuild';

const ROOT = resolve(import.meta.dirname, '../..');

/** `node_modules/@grpc/grpc-js` of a path below it; of a package inside another one, the inner. */
const PACKAGE = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;

export type Package = {
  /** From the top of the checkout. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  /** As SPDX writes it. */
  readonly license: string;
};

/** Each once, by folder. */
export function packagesOf({ inputs }: Metafile): readonly Package[] {
  const folders = Object.keys(inputs).flatMap((path) => PACKAGE.exec(path)?.[0] ?? []);
  return [...new Set(folders)].sort().map((folder) => {
    const text = readFileSync(join(ROOT, folder, 'package.json'), 'utf8');
    const { name, version, license }: Omit<Package, 'folder'> = JSON.parse(text);
    return { folder, name, version, license };
  });
}
