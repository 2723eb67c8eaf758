// The program itself.

import { startBaton } from './start.ts';
import { terminalWorld } from './terminal.ts';

await startBaton(process.argv.slice(2), terminalWorld());
