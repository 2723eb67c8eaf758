// What one `baton up` was asked for, and the programs that follow from it.

import { dirname, join, resolve } from 'node:path';
import type { Dialling } from '../../protos/credentials/dialling.ts';
import type { Role } from '../../protos/credentials/names.ts';
import { INSECURE_LISTEN_FLAG } from '../../protos/listen.ts';
import type { PartitionDocument } from '../document/document.ts';
import { restartDelayMs } from './backoff.ts';
import type { Program, Registry } from './child.ts';
import type { Lives } from './container.ts';
import type { Paths } from './paths.ts';
import { Pod } from './pod.ts';
import type { PodPlan } from './podplan.ts';
import type { Reporter } from './reporter.ts';
import type { LogLevel } from './sidecar.ts';

export type UpOptions = {
  /** File of the partition's document. */
  readonly document: string;
  /** Where journal, logs and ports are kept; made when there is none. */
  readonly directory: string;
  /** `host:port` of the coordinator; else the document's port, else a free one on loopback. */
  readonly listen?: string;
  /** Let it listen in plaintext beyond this machine. */
  readonly insecureListen?: boolean;
  /** Credentials: a folder that holds those of `coordinator` and of `sidecar`. Without it all is plaintext. */
  readonly tls?: string | undefined;
  readonly log?: LogLevel;
  /** Gives up a start that has not succeeded yet. */
  readonly signal?: AbortSignal;
  /** Keep the pods' own folders after a clean stop, for a look at them. */
  readonly keep?: boolean;
  /** Hears in one sentence of everything that a person should know. */
  readonly tell?: (words: string) => void;
  /** Environment of all children; that of this process without. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Programs in place of those of the checkout: of a bundle, or of a test. */
  readonly programs?: Programs;
  /** How a child's lives differ, for tests that end them; by its name in `started.json`. */
  readonly lives?: (child: string) => Partial<Lives>;
};

export type Programs = {
  /** Words before `--document …`. */
  readonly coordinator: readonly string[];
  /** Words before `--config …`. */
  readonly sidecar: readonly string[];
  /** The command itself: what a process's command means by `baton`. */
  readonly baton?: readonly string[];
};

export type Setting = {
  readonly options: UpOptions;
  readonly document: PartitionDocument;
  readonly paths: Paths;
  readonly registry: (name: string) => Registry;
  readonly tell: (words: string) => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** How the coordinator is dialled; the one who asks closes it. */
  readonly dialling: () => Dialling;
};

/** The lives of a child: all alike, and begun as a kubelet begins them, unless a test says otherwise. */
export function livesOf({ options }: Setting, child: string): Lives {
  return { environment: () => ({}), restartDelayMs, ...options.lives?.(child) };
}

/** Starts one pod and reports it. */
export function startPod(
  setting: Setting,
  plan: PodPlan,
  { report, placed }: { readonly report: Reporter['report']; readonly placed: (pod: Pod) => void },
): Pod {
  const { document, paths, options, registry, tell, environment } = setting;
  const { target } = plan;
  const command = options.programs?.sidecar ?? [process.execPath, programFile('../../sidecar/main.ts')];
  const pod: Pod = new Pod({
    plan,
    directory: paths.pod(target),
    logs: { process: paths.log(target), sidecar: paths.log(`${target}.sidecar`) },
    sidecar: {
      partition: document.name,
      machine: document.machine,
      log: options.log ?? 'info',
      tls: options.tls && credentialsOf(options.tls, 'sidecar'),
      program: (file) => ({
        command: [...command, '--config', file],
        workingDirectory: paths.directory,
        environment: { ...environment, ...NO_IDENTITY },
      }),
    },
    startupTimeoutMs: document.startup.timeoutMs,
    registry,
    lives: (child) => livesOf(setting, child),
    tell,
    placed: () => placed(pod),
    changed: (detail) => {
      report({ target, podUid: pod.podUid, phase: 'POD_PHASE_RUNNING', detail });
    },
  });
  report({ target, podUid: pod.podUid, phase: 'POD_PHASE_RUNNING', detail: '' });
  return pod;
}

/** Variables by which a pod names its sidecar must not come from the terminal of `baton up`. */
const NO_IDENTITY = Object.fromEntries(
  ['BATON_PARTITION', 'BATON_SEGMENT', 'BATON_ORDINAL', 'BATON_POD_UID'].map((name) => [name, undefined]),
);

/** The coordinator as a program. */
export function coordinatorProgram({ options, paths, environment }: Setting, listen: string): Program {
  const words = options.programs?.coordinator ?? [process.execPath, programFile('../main.ts')];
  const flags = {
    '--document': resolve(options.document),
    '--journal': paths.journal,
    '--targets': paths.targets,
    '--listen': listen,
    '--port-file': paths.coordinatorPort,
    '--log': options.log ?? 'info',
  };
  const insecure = options.insecureListen === true ? [INSECURE_LISTEN_FLAG] : [];
  const tls = options.tls === undefined ? [] : ['--tls', credentialsOf(options.tls, 'coordinator')];
  return {
    command: [...words, ...Object.entries(flags).flat(), ...insecure, ...tls],
    workingDirectory: paths.directory,
    environment,
  };
}

/** Folder of the credentials of one role, in the folder of all. */
export function credentialsOf(directory: string, role: Role): string {
  return resolve(directory, role);
}

function programFile(path: string): string {
  return join(dirname(import.meta.filename), path);
}
