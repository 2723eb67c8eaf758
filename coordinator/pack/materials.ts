// The bill of materials of a bundle: what it really holds, not what was installed to make it. CycloneDX 1.6, the same
// text for the same bundle.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Metafile } from 'esbuild';
import manifest from '../../package.json' with { type: 'json' };
import { type Package, packagesOf } from './packages.ts';

const LOCK = resolve(import.meta.dirname, '../../package-lock.json');

/** What the archive of a package hashes to. */
type Locked = { readonly integrity?: string };

/** JSON for `sbom.json` beside the programs of that name. Throws Error for a package that the lock does not have. */
export function materialsOf(programs: readonly string[], metafile: Metafile): string {
  const { packages }: { readonly packages: Readonly<Record<string, Locked>> } = JSON.parse(
    readFileSync(LOCK, 'utf8'),
  );
  const materials = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        name: 'baton',
        version: manifest.version,
        components: programs.map((name) => ({ type: 'file', name: `${name}.js` })),
      },
    },
    components: packagesOf(metafile).map((each) => componentOf(each, packages[each.folder])),
  };
  return `${JSON.stringify(materials, null, 1)}\n`;
}

function componentOf({ folder, name, version, license }: Package, locked: Locked | undefined) {
  if (locked === undefined) throw new Error(`${folder} is in the bundle and not in package-lock.json`);
  // Of its name a package URL escapes only the sign of a scope.
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  return {
    ...{ type: 'library', 'bom-ref': purl, name, version, purl },
    licenses: [license.includes(' ') ? { expression: license } : { license: { id: license } }],
    hashes: (locked.integrity ?? '').split(' ').flatMap(hashOf),
  };
}

/** `sha512-…` in base64, as CycloneDX has it. */
function hashOf(integrity: string): readonly { readonly alg: string; readonly content: string }[] {
  const [, digits, content = ''] = /^sha(\d+)-(.+)$/.exec(integrity) ?? [];
  if (digits === undefined) return [];
  return [{ alg: `SHA-${digits}`, content: Buffer.from(content, 'base64').toString('hex') }];
}
