// The sidecar's configuration: one JSON file, with the identity also from the environment, where the pod's
// own facts come from. All problems at once.

import { z } from 'zod';
import { type Problem, RunControlError } from '../../protos/failure/trouble.ts';
import { INSECURE_LISTEN_FLAG, listenProblem } from '../../protos/listen.ts';
import {
  NAME_LENGTH_MAX,
  SEGMENT_LENGTH_MAX,
  SEGMENT_PATTERN,
  TIMEOUT_MS_MAX,
} from '../../protos/machine/limits.ts';
import { parseMachine } from '../../protos/machine/parse.ts';
import { faultPath, parseShape } from '../../protos/machine/shape.ts';
import { show } from '../../protos/machine/show.ts';
import type { Machine } from '../../protos/machine/table.ts';
import { type AdapterConfig, adapterProblems, adapterSchema } from './adapter.ts';

/** Variables that replace what the file says, for what only the pod knows (the downward API). */
export const ENVIRONMENT = {
  BATON_PARTITION: 'partition',
  BATON_SEGMENT: 'segment',
  BATON_ORDINAL: 'ordinal',
  BATON_POD_UID: 'podUid',
} as const;

/** Largest configuration file, in bytes. */
export const CONFIG_BYTES_MAX = 1_048_576;

/** What allows gRPC to listen beyond loopback. */
const HOW_BEYOND = `the key tls, or ${INSECURE_LISTEN_FLAG}`;

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

export type Config = {
  readonly partition: string;
  readonly segment: string;
  readonly ordinal: number;
  readonly podUid: string;
  readonly machine: Machine;
  readonly adapter: AdapterConfig;
  readonly listen: { readonly grpc: string; readonly probes: string };
  readonly stateFile: string;
  /** How long the pod may take to end, in milliseconds, as its terminationGracePeriodSeconds says. */
  readonly gracePeriodMs: number;
  /** Of that, what the process needs after its preStop hook was answered, in milliseconds. */
  readonly marginMs: number;
  /** How long nothing may be attached before /process/livez fails, in milliseconds. */
  readonly detachedLimitMs: number;
  readonly insecureListen: boolean;
  /** Credentials for gRPC: a folder with ca.crt, tls.crt and tls.key. The probes stay plaintext. */
  readonly tls: { readonly directory: string } | undefined;
  readonly log: (typeof LEVELS)[number];
  /** Where the real ports are written as JSON; undefined: nowhere. */
  readonly portFile: string | undefined;
};

const label = z.string().regex(new RegExp(SEGMENT_PATTERN), 'small letters, digits and -, a letter first');
const file = z.string().min(1).max(4_096);
const durationMs = z.int().min(0).max(TIMEOUT_MS_MAX);

const schema = z.strictObject({
  partition: label.max(NAME_LENGTH_MAX),
  segment: label.max(SEGMENT_LENGTH_MAX),
  ordinal: z.int().min(0).max(99_999),
  podUid: z.string().min(1).max(64),
  // Its own parser says what is wrong with it.
  machine: z.unknown().optional(),
  adapter: adapterSchema,
  listen: z.strictObject({ grpc: z.string(), probes: z.string() }),
  stateFile: file,
  gracePeriodMs: durationMs,
  marginMs: durationMs,
  detachedLimitMs: durationMs.default(30_000),
  insecureListen: z.boolean().default(false),
  tls: z.strictObject({ directory: file }).optional(),
  log: z.enum(LEVELS).default('info'),
  portFile: file.optional(),
});

type Raw = z.infer<typeof schema>;

export type ConfigSource = {
  /** The file's text. */
  readonly text: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `--insecure-listen` was given. */
  readonly insecureListen: boolean;
};

/** The configuration. Throws RunControlError MALFORMED with all problems. */
export function parseConfig(source: ConfigSource): Config {
  const raw = withEnvironment(parseJson(source.text), source.environment);
  const shaped = parseShape<Raw>(schema, raw);
  const machine = parseMachine(Reflect.get(raw, 'machine'));
  const problems = [
    ...('faults' in shaped ? shaped.faults.map((fault) => ({ ...fault, path: faultPath(fault) })) : []),
    ...('problems' in machine
      ? machine.problems.map((each) => ({ ...each, path: inMachine(each.path) }))
      : []),
    ...('value' in shaped ? checkTogether(shaped.value, source.insecureListen) : []),
    ...('value' in shaped
      ? adapterProblems(shaped.value.adapter, 'machine' in machine ? machine.machine : undefined)
      : []),
  ];
  if (problems.length > 0 || 'faults' in shaped || 'problems' in machine) throw malformed(problems);
  const insecureListen = shaped.value.insecureListen || source.insecureListen;
  const { portFile, tls } = shaped.value;
  return { ...shaped.value, machine: machine.machine, insecureListen, portFile, tls };
}

function inMachine(path: string): string {
  return path === 'the whole' ? 'machine' : `machine.${path}`;
}

/** What no field can say alone. */
function checkTogether(raw: Raw, insecureFlag: boolean): readonly Problem[] {
  const insecure = raw.insecureListen || insecureFlag;
  const found = [
    listenProblem('listen.grpc', raw.listen.grpc, insecure || raw.tls !== undefined, HOW_BEYOND),
    listenProblem('listen.probes', raw.listen.probes, insecure),
    raw.marginMs < raw.gracePeriodMs
      ? undefined
      : {
          path: 'marginMs',
          want: `less than gracePeriodMs, which is ${raw.gracePeriodMs}`,
          got: String(raw.marginMs),
        },
    raw.listen.grpc === raw.listen.probes && !raw.listen.grpc.endsWith(':0')
      ? { path: 'listen.probes', want: 'another port than listen.grpc', got: show(raw.listen.probes) }
      : undefined,
  ];
  return found.filter((problem) => problem !== undefined);
}

function withEnvironment(raw: unknown, environment: ConfigSource['environment']): object {
  const merged: Record<string, unknown> = { ...Object(raw) };
  for (const [variable, key] of Object.entries(ENVIRONMENT)) {
    const value = environment[variable];
    if (value === undefined || value === '') continue;
    merged[key] = key === 'ordinal' && /^\d{1,5}$/.test(value) ? Number(value) : value;
  }
  return merged;
}

function parseJson(text: string): unknown {
  if (Buffer.byteLength(text) > CONFIG_BYTES_MAX) {
    throw malformed([
      { path: 'the whole', want: `at most ${CONFIG_BYTES_MAX} bytes`, got: `${Buffer.byteLength(text)}` },
    ]);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const got = error instanceof Error ? error.message : 'something else';
    throw malformed([{ path: 'the whole', want: 'a JSON object', got }]);
  }
}

function malformed(problems: readonly Problem[]): RunControlError {
  return new RunControlError('MALFORMED', 'the configuration of the sidecar cannot be used', { problems });
}
