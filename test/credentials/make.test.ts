// The recipe for one machine gives what the programs want. It needs openssl; nothing else does.

import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openCredentials } from '../../protos/credentials/store.ts';
import { newFolder } from './folder.ts';

const SCRIPT = join(import.meta.dirname, '../../protos/credentials/make.sh');
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

test.skipIf(!hasOpenssl)(
  'make.sh makes credentials for every role, and renews them under the same authority',
  () => {
    using folder = newFolder();
    const make = () => execFileSync(SCRIPT, [folder.path, 'mini', 'alice', 'bob'], { stdio: 'pipe' });
    const opened = (name: string, role: 'coordinator' | 'sidecar' | 'operator') => {
      const wanted = { role, realm: 'mini' };
      using store = openCredentials({ directory: folder.file(name), wanted, notice: () => undefined });
      return store.current();
    };
    make();
    const before = opened('alice', 'operator');
    expect(opened('coordinator', 'coordinator').realms).toEqual(['mini']);
    expect(opened('sidecar', 'sidecar').realms).toEqual(['mini']);
    expect(opened('bob', 'operator').certificate.subject).toBe('CN=bob');
    make();
    const after = opened('alice', 'operator');
    expect(after.certificate.fingerprint256).not.toBe(before.certificate.fingerprint256);
    expect(after.texts.authorities).toBe(before.texts.authorities);
  },
);
