// The program itself.

import { startBaton } from './start.ts';
import { terminalWorld } from './terminal.ts';

const [, path = '', ...words] = process.argv;
await startBaton(path, words, terminalWorld());
