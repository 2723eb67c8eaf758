import { mkdirSync, realpathSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Problem, RunControlError } from '../../../protos/failure/trouble.ts';
import { type ListenAddress, parseListen } from '../../../protos/listen.ts';
import { type Faults, parseFaultArgument } from '../process/faults.ts';
import { PAYLOAD_BYTES_MAX } from '../wire/fragment.ts';
import { FRAGMENTS_MAX } from '../wire/messages.ts';
import { placeOf } from '../wire/places.ts';
import { processName, ROLES, type Role } from './names.ts';

const FACES = ['grpc', 'http', 'lines'] as const;

export type Face = (typeof FACES)[number];

/** What one process is told when it starts. */
export type Settings = {
  readonly role: Role;
  readonly ordinal: number;
  /** `readout-2` */
  readonly name: string;
  /** How it is driven: it serves baton.v1.Process or a REST interface, or obeys lines on its standard input. */
  readonly face: Face;
  /** Port of its face on loopback; 0: the kernel chooses. */
  readonly port: number;
  /** Where links of peers are taken; port 0: the kernel chooses. */
  readonly dataListen: ListenAddress;
  /** Where the peers are, with {role} and {ordinal} in it; undefined: as files in the data folder tell. */
  readonly peers: string | undefined;
  /** Where ledgers, files and port numbers lie; real and absolute. */
  readonly dataDir: string;
  readonly readouts: number;
  readonly builders: number;
  readonly payloadBytes: number;
  /** Records that may be under way to one builder. */
  readonly credits: number;
  /** After this a record is passed on without the fragments that it lacks. */
  readonly recordLimitMs: number;
  /** The writer collects records for so long before it writes them. */
  readonly writeIntervalMs: number;
  /** Rate when `start` gives none. */
  readonly triggerRateHz: number;
  /** Readouts that the trigger can do without at conf and start. */
  readonly lackMax: number;
  readonly faults: Faults;
  /** Read anew at each transition. */
  readonly faultsPath: string | undefined;
};

// name: [default, smallest, largest]
const NUMBERS = {
  ordinal: [0, 0, 99_999],
  port: [undefined, 0, 65_535],
  readouts: [4, 1, FRAGMENTS_MAX],
  builders: [2, 1, 100],
  'payload-bytes': [1_024, 0, PAYLOAD_BYTES_MAX],
  credits: [200, 1, 10_000],
  'record-limit-ms': [1_000, 1, 600_000],
  'write-interval-ms': [1_000, 1, 600_000],
  'trigger-rate': [100, 0, 10_000],
  lack: [0, 0, FRAGMENTS_MAX],
} as const;

type NumberName = keyof typeof NUMBERS;

const TEXT = { type: 'string' } as const;

/**
 * The settings in these arguments (without node and the file); makes the data folder. Throws
 * RunControlError MALFORMED with all problems.
 */
export function parseSettings(argv: readonly string[]): Settings {
  const problems: Problem[] = [];
  const { values, positionals } = readArguments(argv);
  const number = (name: NumberName): number => parseNumber({ name, text: values[name], problems });
  const role = parseRole(positionals, problems);
  const face = parseFace(values.face, problems);
  const numbers = {
    ordinal: number('ordinal'),
    // Who obeys lines listens nowhere.
    port: face === 'lines' ? 0 : number('port'),
    readouts: number('readouts'),
    builders: number('builders'),
    payloadBytes: number('payload-bytes'),
    credits: number('credits'),
    recordLimitMs: number('record-limit-ms'),
    writeIntervalMs: number('write-interval-ms'),
    triggerRateHz: number('trigger-rate'),
    lackMax: number('lack'),
  };
  const places = parsePlaces({ listen: values['data-listen'], peers: values.peers }, problems);
  const faults = parseFaults(values.fault ?? [], problems);
  const given = values['data-dir'];
  if (given === undefined) problems.push({ path: '--data-dir', want: 'a folder', got: 'nothing' });
  if (problems.length > 0) throw new RunControlError('MALFORMED', 'the arguments are wrong', { problems });
  const name = processName(role, numbers.ordinal);
  return {
    role,
    name,
    face,
    ...numbers,
    ...places,
    dataDir: realFolder(given ?? '.'),
    faults,
    faultsPath: values.faults,
  };
}

/** Text of the arguments by name, and the rest. Throws RunControlError MALFORMED on an unknown one. */
function readArguments(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        ordinal: TEXT,
        port: TEXT,
        readouts: TEXT,
        builders: TEXT,
        'payload-bytes': TEXT,
        credits: TEXT,
        'record-limit-ms': TEXT,
        'write-interval-ms': TEXT,
        'trigger-rate': TEXT,
        lack: TEXT,
        'data-dir': TEXT,
        'data-listen': TEXT,
        peers: TEXT,
        faults: TEXT,
        face: TEXT,
        fault: { type: 'string', multiple: true },
      },
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const problem = { path: 'arguments', want: 'those of test/daq/README.md', got: error.message };
    throw new RunControlError('MALFORMED', 'the arguments are wrong', { problems: [problem] });
  }
}

function parseRole(positionals: readonly string[], problems: Problem[]): Role {
  const found = ROLES.find((role) => role === positionals[0]);
  if (found !== undefined && positionals.length === 1) return found;
  const got = positionals.length === 0 ? 'nothing' : positionals.join(' ');
  problems.push({ path: 'role', want: ROLES.join(' or '), got });
  return 'trigger';
}

function parseFace(text: string | undefined, problems: Problem[]): Face {
  const found = FACES.find((face) => face === (text ?? 'grpc'));
  if (found === undefined) problems.push({ path: '--face', want: FACES.join(' or '), got: text ?? '' });
  return found ?? 'grpc';
}

/** Peers look under the port of the template, so that the kernel must not choose one. */
function parsePlaces(
  given: { readonly listen: string | undefined; readonly peers: string | undefined },
  problems: Problem[],
): Pick<Settings, 'dataListen' | 'peers'> {
  const { listen = '127.0.0.1:0', peers } = given;
  const dataListen = parseListen(listen);
  if (dataListen === undefined || (peers !== undefined && dataListen.port === 0)) {
    const want = peers === undefined ? 'host:port' : 'host:port with a port, as --peers is given';
    problems.push({ path: '--data-listen', want, got: listen });
  }
  const isTemplate = ['{role}', '{ordinal}'].every((part) => peers?.includes(part));
  const port = peers === undefined ? undefined : placeOf(peers, 'readout-0')?.port;
  if (peers !== undefined && (!isTemplate || port === undefined || port === 0)) {
    const want = 'host:port with {role} and {ordinal}, e.g. daq-{role}-{ordinal}.daq-{role}:7410';
    problems.push({ path: '--peers', want, got: peers });
  }
  return { dataListen: dataListen ?? { host: '127.0.0.1', port: 0 }, peers };
}

function parseNumber(options: { name: NumberName; text: string | undefined; problems: Problem[] }): number {
  const { name, text, problems } = options;
  const [fallback, min, max] = NUMBERS[name];
  const value = text === undefined ? fallback : Number(text === '' ? Number.NaN : text);
  const whole = name === 'trigger-rate' || Number.isInteger(value);
  if (value !== undefined && whole && value >= min && value <= max) return value;
  const want = `${name === 'trigger-rate' ? 'a number' : 'an integer'} in ${min}..${max}`;
  problems.push({ path: `--${name}`, want, got: text ?? 'nothing' });
  return 0;
}

function parseFaults(texts: readonly string[], problems: Problem[]): Faults {
  const faults: Record<string, Faults[string]> = {};
  for (const text of texts) {
    const parsed = parseFaultArgument(text);
    if ('fault' in parsed) faults[parsed.name] = parsed.fault;
    else problems.push(parsed);
  }
  return faults;
}

// Peers compare the folder to know that they are of one DAQ, so it has one spelling only.
function realFolder(path: string): string {
  mkdirSync(path, { recursive: true });
  return realpathSync(path);
}
