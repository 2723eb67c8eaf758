import { join } from 'node:path';

/** Where the page of all codes is kept. */
export const PAGE = join(import.meta.dirname, '../../protos/failure/ERRORS.md');
