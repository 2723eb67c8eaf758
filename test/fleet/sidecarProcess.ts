// A program for tests: a fake sidecar in a process of its own, to be killed. Tells its address.

import { fakeSidecar } from './fakeSidecar.ts';

const sidecar = await fakeSidecar();
process.stdout.write(`${sidecar.address}\n`);
