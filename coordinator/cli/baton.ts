// The program itself.

import { runBaton } from './main.ts';
import { terminalWorld } from './terminal.ts';

process.exit(await runBaton(process.argv.slice(2), terminalWorld()));
