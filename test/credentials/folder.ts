// Folders of credentials as they are in use: plain files, or the way in which a kubelet mounts a Secret.

import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pair } from '../../coordinator/cluster/identity/certificate.ts';
import type { Role } from '../../protos/credentials/names.ts';
import { nameOf } from '../../protos/credentials/names.ts';
import type { Authority, Leaf } from './authority.ts';

export type Files = { readonly 'ca.crt': string; readonly 'tls.crt': string; readonly 'tls.key': string };

export type Folder = Disposable & {
  readonly path: string;
  file(name: string): string;
  /** A folder in it. */
  folder(name: string): Folder;
  /** Writes these files, one after the other. */
  write(files: Partial<Files>): void;
  /** Swaps all three at once, by the link of a mounted Secret. */
  swap(files: Files): void;
};

/** A folder of its own below the temporary directory. */
export function newFolder(): Folder {
  return folderAt(mkdtempSync(join(tmpdir(), 'baton-tls-')));
}

function folderAt(path: string): Folder {
  let swaps = 0;
  return {
    path,
    file: (name) => join(path, name),
    folder: (name) => {
      mkdirSync(join(path, name));
      return folderAt(join(path, name));
    },
    write: (files) => writeFiles(path, files),
    swap: (files) => {
      swaps += 1;
      const version = `..version-${swaps}`;
      mkdirSync(join(path, version));
      writeFiles(join(path, version), files);
      symlinkSync(version, join(path, '..data-new'));
      renameSync(join(path, '..data-new'), join(path, '..data'));
      for (const name of Object.keys(files)) {
        if (swaps === 1) symlinkSync(join('..data', name), join(path, name));
      }
      rmSync(join(path, `..version-${swaps - 1}`), { recursive: true, force: true });
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

function writeFiles(directory: string, files: Partial<Files>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
}

/** The files of an identity; `trusted` are those whose certificates it takes. */
export function filesOf({ certificate, key }: Pair, trusted: readonly Authority[]): Files {
  return {
    'ca.crt': trusted.map((each) => each.certificate).join(''),
    'tls.crt': certificate,
    'tls.key': key,
  };
}

/** A certificate with the fixed name of a role, changed by `leaf`. */
export function issue(authority: Authority, role: Role, leaf: Leaf & { readonly realm?: string } = {}): Pair {
  const { realm = 'mini', ...rest } = leaf;
  return authority.issue({ commonName: role, names: [nameOf(role, realm)], ...rest });
}
