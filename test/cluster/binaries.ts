// The programs of the cluster: built from Go modules once, and kept in the cache.

import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DNS, HELM, KUBERNETES, KWOK, MODULES, type Module, PAUSE } from './modules.ts';
import type { Progress } from './progress.ts';
import { run } from './run.ts';
import { inTurn } from './turns.ts';

const PLACES = {
  etcd: join(KUBERNETES.output, 'server'),
  'kube-apiserver': join(KUBERNETES.output, 'kube-apiserver'),
  'kube-controller-manager': join(KUBERNETES.output, 'kube-controller-manager'),
  'kube-proxy': join(KUBERNETES.output, 'kube-proxy'),
  'kube-scheduler': join(KUBERNETES.output, 'kube-scheduler'),
  kubectl: join(KUBERNETES.output, 'kubectl'),
  kubelet: join(KUBERNETES.output, 'kubelet'),
  helm: join(HELM.output, 'helm'),
  kwok: join(KWOK.output, 'kwok'),
  dns: join(DNS.output, 'dns'),
  pause: join(PAUSE.output, 'pause'),
} as const;

export type Program = keyof typeof PLACES;

/** For 500 MB of programs on a small machine, in milliseconds. */
const BUILD_LIMIT_MS = 3_600_000;

/** The path of a program; throws when it has not been built yet. */
export function pathOf(program: Program): string {
  const path = PLACES[program];
  if (existsSync(path)) return path;
  throw new Error(`${path} is not there: "npm run cluster -- build" makes it (minutes, needs Go)`);
}

/** The folders that people have in their PATH. */
export const PROGRAM_FOLDERS = [KUBERNETES.output, HELM.output] as const;

/** Those of the modules that have not been built. */
export function missingModules(modules: readonly Module[] = MODULES): readonly Module[] {
  return modules.filter(({ output }) => !existsSync(output));
}

/** Builds what is not in the cache; throws when a build fails. */
export async function buildPrograms(tell: Progress, modules: readonly Module[] = MODULES): Promise<void> {
  if (missingModules(modules).length === 0) return;
  await inTurn('programs', tell, async () => {
    for (const module of missingModules(modules)) await build(module, tell);
  });
}

/** Into a folder beside the final one, which appears only when all is there. */
async function build(
  { name, folder, output, programs, packages, flags }: Module,
  tell: Progress,
): Promise<void> {
  tell(`building ${name}`);
  const unfinished = `${output}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  const link = ['-s', '-w', ...flags].join(' ');
  const args = ['build', '-trimpath', '-buildvcs=false', '-ldflags', link, '-o', `${unfinished}/`, packages];
  try {
    await run('go', args, { cwd: folder, env: { CGO_ENABLED: '0' }, limitMs: BUILD_LIMIT_MS });
    const lacking = programs.filter((program) => !existsSync(join(unfinished, program)));
    if (lacking.length > 0) throw new Error(`${name}: the build gave no ${lacking.join(', ')}`);
    renameSync(unfinished, output);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}
