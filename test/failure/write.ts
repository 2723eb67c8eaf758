// `npm run errors`: writes the page of all codes anew.

import { writeFileSync } from 'node:fs';
import { renderPage } from './page.ts';
import { PAGE } from './place.ts';

writeFileSync(PAGE, await renderPage());
process.exit(0);
