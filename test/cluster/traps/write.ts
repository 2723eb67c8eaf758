// `npm run traps`: writes the table of traps anew.

import { readFileSync, writeFileSync } from 'node:fs';
import { README, withTable } from './page.ts';
import { TRAPS } from './table.ts';
import { readTitles } from './titles.ts';

writeFileSync(README, withTable(readFileSync(README, 'utf8'), TRAPS, readTitles()));
