// `npm run pack`: baton-<version>.tgz, which npm installs anywhere without a network.

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { COMMANDS } from '../cli/called.ts';
import { bundle, NODE_MAJOR_MIN, PARTS } from './bundle.ts';
import { materialsOf } from './materials.ts';
import { noticesOf } from './notices.ts';

const [folder = '.'] = process.argv.slice(2);
process.stdout.write(`${await pack(resolve(folder))}\n`);

/** Makes the package in `destination` and gives the path of the file. */
async function pack(destination: string): Promise<string> {
  const stage = mkdtempSync(join(tmpdir(), 'baton-pack-'));
  try {
    const program = join(stage, 'baton.js');
    const metafile = await bundle(stage);
    chmodSync(program, 0o755);
    writeFileSync(join(stage, 'NOTICES.txt'), noticesOf(metafile));
    writeFileSync(join(stage, 'sbom.json'), materialsOf(['baton'], metafile));
    writeFileSync(join(stage, 'package.json'), `${JSON.stringify(packageJson(), null, 2)}\n`);
    const words = ['pack', stage, '--pack-destination', destination, '--json'];
    const [packed]: { filename: string }[] = JSON.parse(execFileSync('npm', words, { encoding: 'utf8' }));
    return join(destination, packed?.filename ?? '');
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/** Without dependencies: everything is in the bundle. */
function packageJson() {
  const { version, description } = manifest;
  return {
    name: 'baton',
    version,
    description,
    type: 'module',
    bin: Object.fromEntries(COMMANDS.map((name) => [name, 'baton.js'])),
    files: ['baton.js', PARTS, 'NOTICES.txt', 'sbom.json'],
    engines: { node: `>=${NODE_MAJOR_MIN}` },
  };
}
