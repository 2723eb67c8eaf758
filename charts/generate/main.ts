// `npm run charts`: writes anew what the charts have from the code.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { chartFiles } from './files.ts';

for (const [path, text] of chartFiles()) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
