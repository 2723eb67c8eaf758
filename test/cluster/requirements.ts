// What must be there before a cluster can be made.

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { missingModules } from './binaries.ts';
import { machineLacks } from './machine.ts';

/** What is missing for the suite, each in a sentence; nothing is, where BATON_KUBECONFIG names a cluster. */
export function whatLacks(): readonly string[] {
  if (process.env['BATON_KUBECONFIG']) return missingModules().length === 0 ? [] : goLacks();
  return [...machineLacks(), ...goLacks()];
}

/** Go, unless everything has been built. */
export function goLacks(): readonly string[] {
  const missing = missingModules();
  if (missing.length === 0 || isInPath('go')) return [];
  return [`Go is not in PATH: needed to build ${missing.map(({ name }) => name).join(', ')}`];
}

function isInPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}
