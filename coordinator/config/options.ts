// The command line of the coordinator, parsed at the border with all problems at once.

import { parseArgs } from 'node:util';
import type { Problem } from '../../protos/failure/trouble.ts';
import { INSECURE_LISTEN_FLAG, listenProblem } from '../../protos/listen.ts';
import { list } from '../../protos/machine/show.ts';
import { INSECURE_DIAL_FLAG } from '../fleet/dispatcher.ts';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

export type Options = {
  /** File of the partition. */
  readonly document: string;
  /** SQLite file; created when there is none. */
  readonly journal: string;
  /** JSON file with the address and the pod of each target. */
  readonly targets: string;
  /** `host:port`; port 0 is any free one. */
  readonly listen: string;
  readonly insecureListen: boolean;
  /** Folder with ca.crt, tls.crt and tls.key. */
  readonly tls: string | undefined;
  readonly insecureDial: boolean;
  /** Gets the real `host:port` once the server listens. */
  readonly portFile: string | undefined;
  readonly log: LogLevel;
};

export const USAGE = `usage: node coordinator/main.ts --document FILE --journal FILE --targets FILE
  --document FILE     the partition, e.g. partition.yaml
  --journal FILE      where decisions are remembered; created when there is none
  --targets FILE      JSON: where each sidecar listens; followed as it changes
  --listen HOST:PORT  where clients connect (127.0.0.1:7400); port 0: any free one
  ${INSECURE_LISTEN_FLAG}   allow plaintext beyond this machine
  --tls DIR           credentials (ca.crt, tls.crt, tls.key) for clients and sidecars; followed as they change
  ${INSECURE_DIAL_FLAG}     allow plaintext to sidecars on other machines
  --port-file FILE    gets the real HOST:PORT once the server listens
  --log LEVEL         ${LOG_LEVELS.join(', ')} (info)
`;

/** What allows to listen beyond loopback. */
export const HOW_BEYOND = `--tls, or ${INSECURE_LISTEN_FLAG}`;

const DEFAULT_LISTEN = '127.0.0.1:7400';

const FLAGS = {
  document: { type: 'string' },
  journal: { type: 'string' },
  targets: { type: 'string' },
  listen: { type: 'string', default: DEFAULT_LISTEN },
  'insecure-listen': { type: 'boolean', default: false },
  tls: { type: 'string' },
  'insecure-dial': { type: 'boolean', default: false },
  'port-file': { type: 'string' },
  log: { type: 'string', default: 'info' },
  help: { type: 'boolean', default: false },
} as const;

export type ParsedOptions =
  | { readonly kind: 'options'; readonly options: Options }
  | { readonly kind: 'help' }
  /** `document` is told even then, so that its problems can be told at once with these. */
  | {
      readonly kind: 'problems';
      readonly problems: readonly Problem[];
      readonly document: string | undefined;
    };

/** Reads the arguments after the program's name. */
export function parseOptions(args: readonly string[]): ParsedOptions {
  const { values, tokens } = parseArgs({ args: [...args], options: FLAGS, strict: false, tokens: true });
  if (values['help'] === true) return { kind: 'help' };
  const problems: Problem[] = wrongArguments(tokens, Object.keys(FLAGS));
  const text = (name: keyof typeof FLAGS, isRequired: boolean): string => {
    const value = values[name];
    if (typeof value === 'string' && value !== '') return value;
    if (isRequired || value !== undefined)
      problems.push({ path: flagOf(name), want: 'a value', got: 'nothing' });
    return '';
  };
  const listen = text('listen', true);
  const insecureListen = values['insecure-listen'] === true;
  const tls = text('tls', false) || undefined;
  const insecureDial = values['insecure-dial'] === true;
  const wrongListen =
    listen === ''
      ? undefined
      : listenProblem('--listen', listen, insecureListen || tls !== undefined, HOW_BEYOND);
  if (wrongListen !== undefined) problems.push(wrongListen);
  if (tls !== undefined && (insecureListen || insecureDial)) {
    const flag = insecureListen ? INSECURE_LISTEN_FLAG : INSECURE_DIAL_FLAG;
    problems.push({ path: flag, want: 'plaintext or --tls', got: 'both' });
  }
  const options: Options = {
    document: text('document', true),
    journal: text('journal', true),
    targets: text('targets', true),
    listen,
    insecureListen,
    tls,
    insecureDial,
    portFile: text('port-file', false) || undefined,
    log: logLevel(text('log', true), problems),
  };
  if (problems.length === 0) return { kind: 'options', options };
  return { kind: 'problems', problems, document: options.document || undefined };
}

type Token = { readonly kind: string; readonly index: number } & Readonly<Record<string, unknown>>;

/** What stands on a command line and is none of its flags. */
export function wrongArguments(tokens: readonly Token[], flags: readonly string[]): Problem[] {
  return tokens.flatMap((token) => {
    if (token.kind === 'positional') {
      return [{ path: `argument ${token.index + 1}`, want: 'a flag', got: JSON.stringify(token['value']) }];
    }
    if (token.kind !== 'option' || flags.includes(String(token['name']))) return [];
    return [
      { path: String(token['rawName']), want: `one of ${list(flags.map(flagOf))}`, got: 'no such flag' },
    ];
  });
}

/** The level that `text` names; `info` and a problem when it names none. Empty: told already. */
export function logLevel(text: string, problems: Problem[]): LogLevel {
  const level = LOG_LEVELS.find((each) => each === text);
  if (level === undefined && text !== '') {
    problems.push({ path: '--log', want: `one of ${list(LOG_LEVELS)}`, got: JSON.stringify(text) });
  }
  return level ?? 'info';
}

function flagOf(name: string): string {
  return `--${name}`;
}
