// The sidecar's configuration: one JSON file, with the identity also from the environment, where the pod's
// own facts come from. All problems at once.

import { z } from 'zod';
import { NAMESPACE } from '../../protos/credentials/names.ts';
import { type Problem, RunControlError } from '../../protos/failure/trouble.ts';
import { INSECURE_LISTEN_FLAG, listenProblem } from '../../protos/listen.ts';
import { DURATION_WANTED, durationText } from '../../protos/machine/duration.ts';
import { duration } from '../../protos/machine/durationSchema.ts';
import {
  NAME_LENGTH_MAX,
  SEGMENT_LENGTH_MAX,
  SEGMENT_PATTERN,
  SEGMENTS_MAX,
  TIMEOUT_MS_MAX,
} from '../../protos/machine/limits.ts';
import { ordersSchema, timeoutsSchema } from '../../protos/machine/overrides.ts';
import { faultPath, parseShape } from '../../protos/machine/shape.ts';
import { show } from '../../protos/machine/show.ts';
import type { Machine } from '../../protos/machine/table.ts';
import { type AdapterConfig, adapterProblems, adapterSchema } from './adapter.ts';
import { chooseMachine, overridden } from './machine.ts';

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

/** How long nothing may be attached before /process/livez fails, in milliseconds, when nobody says. */
const DETACHED_LIMIT_MS = 30_000;

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
  /**
   * Credentials for gRPC: a folder with ca.crt, tls.crt and tls.key. The probes stay plaintext. With a namespace the
   * names in certificates speak for it, and not for the partition.
   */
  readonly tls: { readonly directory: string; readonly namespace?: string | undefined } | undefined;
  readonly log: (typeof LEVELS)[number];
  /** Where the real ports are written as JSON; undefined: nowhere. */
  readonly portFile: string | undefined;
};

const label = z.string().regex(new RegExp(SEGMENT_PATTERN), 'small letters, digits and -, a letter first');
const NAMESPACE_WANTED = 'the name of a namespace';
const file = z.string().min(1).max(4_096);
const durationMs = z.int().min(0).max(TIMEOUT_MS_MAX);

/** Each of these durations is written in milliseconds (`marginMs: 5000`) or as in a document (`margin: 5s`). */
const DURATIONS = ['gracePeriod', 'margin', 'detachedLimit'] as const;

const schema = z.strictObject({
  partition: label.max(NAME_LENGTH_MAX),
  segment: label.max(SEGMENT_LENGTH_MAX),
  ordinal: z.int().min(0).max(99_999),
  podUid: z.string().min(1).max(64),
  // Its own parser says what is wrong with it.
  machine: z.unknown().optional(),
  segments: z.array(label.max(SEGMENT_LENGTH_MAX)).min(1).max(SEGMENTS_MAX).optional(),
  orders: ordersSchema,
  timeouts: timeoutsSchema,
  adapter: adapterSchema,
  listen: z.strictObject({ grpc: z.string(), probes: z.string() }),
  stateFile: file,
  gracePeriodMs: durationMs.optional(),
  gracePeriod: duration(1).optional(),
  marginMs: durationMs.optional(),
  margin: duration(0).optional(),
  detachedLimitMs: durationMs.optional(),
  detachedLimit: duration(0).optional(),
  insecureListen: z.boolean().default(false),
  tls: z
    .strictObject({ directory: file, namespace: z.string().regex(NAMESPACE, NAMESPACE_WANTED).optional() })
    .optional(),
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
  const written: unknown = Reflect.get(raw, 'machine');
  const table = chooseMachine(written);
  if ('faults' in shaped) {
    const faults = shaped.faults.map((fault) => ({ ...fault, path: faultPath(fault) }));
    throw malformed([...faults, ...('problems' in table ? table.problems : [])]);
  }
  const { value } = shaped;
  const chosen = 'machine' in table ? overridden(table.machine, value, typeof written !== 'string') : table;
  const machine = 'machine' in chosen ? chosen.machine : undefined;
  const times = timesOf(value);
  const problems = [
    ...('problems' in chosen ? chosen.problems : []),
    ...checkDurations(value, times),
    ...checkListen(value, source.insecureListen),
    ...adapterProblems(value.adapter, machine),
  ];
  if (problems.length > 0 || machine === undefined) throw malformed(problems);
  return {
    partition: value.partition,
    segment: value.segment,
    ordinal: value.ordinal,
    podUid: value.podUid,
    machine,
    adapter: value.adapter,
    listen: value.listen,
    stateFile: value.stateFile,
    ...times,
    insecureListen: value.insecureListen || source.insecureListen,
    tls: value.tls,
    log: value.log,
    portFile: value.portFile,
  };
}

type Times = Pick<Config, 'gracePeriodMs' | 'marginMs' | 'detachedLimitMs'>;

function timesOf(raw: Raw): Times {
  return {
    gracePeriodMs: raw.gracePeriodMs ?? raw.gracePeriod ?? 0,
    marginMs: raw.marginMs ?? raw.margin ?? 0,
    detachedLimitMs: raw.detachedLimitMs ?? raw.detachedLimit ?? DETACHED_LIMIT_MS,
  };
}

function checkDurations(raw: Raw, { gracePeriodMs, marginMs }: Times): readonly Problem[] {
  const problems = DURATIONS.flatMap((key): readonly Problem[] => {
    const inMs = `${key}Ms` as const;
    if (raw[key] !== undefined && raw[inMs] !== undefined)
      return [{ path: key, want: `nothing, as there is ${inMs}`, got: durationText(raw[key]) }];
    const isMissing = key !== 'detachedLimit' && raw[key] === undefined && raw[inMs] === undefined;
    return isMissing
      ? [{ path: inMs, want: `an integer, or ${key}: ${DURATION_WANTED}`, got: 'nothing' }]
      : [];
  });
  if (problems.length > 0 || marginMs < gracePeriodMs) return problems;
  const want = `less than gracePeriodMs, which is ${gracePeriodMs}`;
  return [{ path: 'marginMs', want, got: String(marginMs) }];
}

function checkListen(raw: Raw, insecureFlag: boolean): readonly Problem[] {
  const insecure = raw.insecureListen || insecureFlag;
  const found = [
    listenProblem('listen.grpc', raw.listen.grpc, insecure || raw.tls !== undefined, HOW_BEYOND),
    listenProblem('listen.probes', raw.listen.probes, insecure),
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
