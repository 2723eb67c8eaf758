// The program of the package: the command, and the two programs that `baton up` starts from it. It is a shelf
// on which they stand side by side, and the only place that knows of all three.

import { clientPrograms, ownPart } from './parts.ts';

switch (ownPart(process.argv)) {
  case 'coordinator':
    process.argv.splice(2, 1);
    await import('../main.ts');
    break;
  case 'sidecar':
    process.argv.splice(2, 1);
    await import('../../sidecar/main.ts');
    break;
  default: {
    const { startBaton } = await import('../cli/start.ts');
    const { terminalWorld } = await import('../cli/terminal.ts');
    const programs = clientPrograms(process.execPath, import.meta.filename);
    const [, path = '', ...words] = process.argv;
    await startBaton(path, words, { ...terminalWorld(), programs });
  }
}
