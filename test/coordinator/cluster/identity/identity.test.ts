import { pino } from 'pino';
import { expect, test } from 'vitest';
import { openIdentity } from '../../../../coordinator/cluster/identity/identity.ts';
import { newAuthority } from '../../../credentials/authority.ts';
import { type Folder, filesOf, newFolder } from '../../../credentials/folder.ts';

const root = newAuthority('root');
const log = pino({ level: 'silent' });
const PARTS = { home: 'baton', log } as const;

/** A folder with a certificate of these names. */
function folderWith(...names: readonly string[]): Folder {
  const folder = newFolder();
  folder.write(filesOf(root.issue({ commonName: 'coordinator', names }), [root]));
  return folder;
}

test('files that speak for every namespace are shown to each as what is its own', () => {
  using folder = folderWith('coordinator.physics.baton', 'coordinator.beam.baton');
  const namespaces = ['physics', 'beam'];
  const identity = openIdentity({ kind: 'files', directory: folder.path }, { ...PARTS, namespaces });
  if (identity.kind !== 'given') throw new Error('files are given');
  for (const realm of namespaces) {
    const dialling = identity.dialling(realm);
    expect(dialling).toMatchObject({ kind: 'tls', realm });
    if (dialling.kind === 'tls') dialling.store[Symbol.dispose]();
  }
});

test('files that speak for too few are refused at the start, with the names that are missing', () => {
  using folder = folderWith('coordinator.physics.baton');
  const namespaces = ['physics', 'beam', 'test'];
  expect(() => openIdentity({ kind: 'files', directory: folder.path }, { ...PARTS, namespaces })).toThrow(
    expect.objectContaining({
      code: 'MALFORMED',
      problems: ['beam', 'test'].map((namespace) => ({
        path: `${folder.path}/tls.crt`,
        want: `the name DNS:coordinator.${namespace}.baton`,
        got: 'DNS:coordinator.physics.baton',
      })),
    }),
  );
});

test('files that are none are refused at the start', () => {
  using folder = newFolder();
  expect(() =>
    openIdentity({ kind: 'files', directory: folder.path }, { ...PARTS, namespaces: ['physics'] }),
  ).toThrow(`the credentials in ${folder.path} cannot be used`);
});
