import { fileURLToPath } from 'node:url';

/** Where the journals of released versions are kept. */
export const STORED = fileURLToPath(new URL('../testdata/journals/', import.meta.url));
