// The command line of the coordinator in a cluster, parsed at the border with all problems at once.

import { parseArgs } from 'node:util';
import { NAMESPACE } from '../../../protos/credentials/names.ts';
import type { Problem } from '../../../protos/failure/trouble.ts';
import { INSECURE_LISTEN_FLAG, listenProblem } from '../../../protos/listen.ts';
import {
  DURATION_MS_MAX,
  DURATION_WANTED,
  durationText,
  parseDurationMs,
} from '../../../protos/machine/duration.ts';
import { LOG_LEVELS, type LogLevel, logLevel, wrongArguments } from '../../config/options.ts';
import { INSECURE_DIAL_FLAG } from '../../fleet/dispatcher.ts';
import type { IdentityMode } from '../identity/identity.ts';

/** The pod in which this process runs, as the downward API tells; outside of a pod there is none. */
export type OwnPod = { readonly namespace: string; readonly name: string; readonly uid: string };

export type Options = {
  /** Those whose Partitions are led; empty: that of the pod, or of the kubeconfig's context. */
  readonly namespaces: readonly string[];
  /** `host:port` of gRPC; port 0 is any free one. */
  readonly listen: string;
  /** `host:port` of probes and metrics. */
  readonly http: string;
  readonly insecureListen: boolean;
  /** How sidecars are shown who commands them. */
  readonly identity: IdentityMode;
  /** Pods without an identity are led too, in plaintext. */
  readonly plaintextPods: boolean;
  /** Nobody is asked who they are, and everybody may everything. */
  readonly insecureAnyone: boolean;
  /** Undefined: the service account of the pod. */
  readonly kubeconfig: string | undefined;
  readonly log: LogLevel;
  readonly ownPod: OwnPod | undefined;
  /** Where others reach this process, `host:port`; empty: where it listens. */
  readonly address: string;
};

/** The flag by which pods of before are led. */
export const PLAINTEXT_PODS_FLAG = '--plaintext-pods';

/** The flag by which everybody may everything. */
export const INSECURE_ANYONE_FLAG = '--insecure-anyone';

export const USAGE = `usage: node coordinator/cluster/main.ts
  --namespaces A,B    whose Partitions are led (that of its pod)
  --listen HOST:PORT  where clients connect (127.0.0.1:7400); port 0: any free one
  --http HOST:PORT    probes and metrics (127.0.0.1:7403)
  ${INSECURE_LISTEN_FLAG}   allow plaintext beyond this machine
  --tls DIR           credentials (ca.crt, tls.crt, tls.key) for sidecars; followed as they change
  --issue             keep an authority in the Secret baton-authority, and issue from it
  --certificate-life T  how long what is issued holds (480h)
  ${INSECURE_DIAL_FLAG}     plaintext to sidecars, also on other machines
  ${PLAINTEXT_PODS_FLAG}    plaintext to pods that have no identity; the others as said above
  ${INSECURE_ANYONE_FLAG}   obey whoever connects: no tokens, no rights asked of the API server
  --kubeconfig FILE   outside of a cluster: how to get to its API server
  --log LEVEL         ${LOG_LEVELS.join(', ')} (info)
environment: POD_NAME, POD_NAMESPACE, POD_UID and POD_IP, by the downward API
`;

const FLAGS = {
  namespaces: { type: 'string', default: '' },
  listen: { type: 'string', default: '127.0.0.1:7400' },
  http: { type: 'string', default: '127.0.0.1:7403' },
  'insecure-listen': { type: 'boolean', default: false },
  'insecure-dial': { type: 'boolean', default: false },
  tls: { type: 'string', default: '' },
  issue: { type: 'boolean', default: false },
  'certificate-life': { type: 'string', default: '480h' },
  'plaintext-pods': { type: 'boolean', default: false },
  'insecure-anyone': { type: 'boolean', default: false },
  kubeconfig: { type: 'string' },
  log: { type: 'string', default: 'info' },
  help: { type: 'boolean', default: false },
} as const;

export type ParsedOptions =
  | { readonly kind: 'options'; readonly options: Options }
  | { readonly kind: 'help' }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] };

/** Reads the arguments after the program's name, and what the downward API has put into the environment. */
export function parseOptions(args: readonly string[], environment: NodeJS.ProcessEnv): ParsedOptions {
  const { values, tokens } = parseArgs({ args: [...args], options: FLAGS, strict: false, tokens: true });
  if (values['help'] === true) return { kind: 'help' };
  const problems: Problem[] = wrongArguments(tokens, Object.keys(FLAGS));
  const text = (name: keyof typeof FLAGS): string => {
    const value = values[name];
    if (typeof value === 'string') return value;
    if (value !== undefined) problems.push({ path: `--${name}`, want: 'a value', got: 'nothing' });
    return '';
  };
  const insecureListen = values['insecure-listen'] === true;
  const listen = text('listen');
  const options: Options = {
    namespaces: namespacesFrom(text('namespaces'), problems),
    listen,
    http: text('http'),
    insecureListen,
    identity: identityFrom(
      {
        directory: text('tls'),
        isIssued: values['issue'] === true,
        isPlaintext: values['insecure-dial'] === true,
        life: text('certificate-life'),
      },
      problems,
    ),
    plaintextPods: values['plaintext-pods'] === true,
    insecureAnyone: values['insecure-anyone'] === true,
    kubeconfig: text('kubeconfig') || undefined,
    log: logLevel(text('log'), problems),
    ownPod: ownPodFrom(environment, problems),
    address: addressFrom(environment, listen),
  };
  // Probes are plaintext in any case: the kubelet asks them from the node.
  const wrong = [
    listenProblem('--listen', options.listen, insecureListen, INSECURE_LISTEN_FLAG),
    listenProblem('--http', options.http, true),
  ];
  problems.push(...wrong.filter((problem) => problem !== undefined));
  return problems.length === 0 ? { kind: 'options', options } : { kind: 'problems', problems };
}

type IdentityWords = {
  readonly directory: string;
  readonly isIssued: boolean;
  readonly isPlaintext: boolean;
  readonly life: string;
};

/**
 * Shortest life of a certificate, in milliseconds: of the third that is left when it is renewed a kubelet needs up to
 * a minute and a half.
 */
const LIFE_MS_MIN = 360_000;

/** One of the three; without any it is plaintext, and stays on this machine. */
function identityFrom(words: IdentityWords, problems: Problem[]): IdentityMode {
  const { directory, isIssued, isPlaintext, life } = words;
  const lifeMs = parseDurationMs(life);
  const want = `${DURATION_WANTED}, at least ${durationText(LIFE_MS_MIN)} and at most ${durationText(DURATION_MS_MAX)}`;
  if (lifeMs === undefined || lifeMs < LIFE_MS_MIN)
    problems.push({ path: '--certificate-life', want, got: JSON.stringify(life) });
  if ([directory !== '', isIssued, isPlaintext].filter(Boolean).length > 1) {
    const ways = `--tls, --issue, ${INSECURE_DIAL_FLAG}`;
    problems.push({ path: ways, want: 'one of them at most', got: 'several' });
  }
  if (isIssued) return { kind: 'issued', lifeMs: lifeMs ?? LIFE_MS_MIN };
  if (directory !== '') return { kind: 'files', directory };
  return { kind: 'plaintext', beyond: isPlaintext };
}

function namespacesFrom(text: string, problems: Problem[]): readonly string[] {
  const names = text.split(',').filter((name) => name !== '');
  for (const name of names) {
    if (!NAMESPACE.test(name)) {
      problems.push({ path: '--namespaces', want: 'names of namespaces: a,b', got: JSON.stringify(name) });
    }
  }
  return [...new Set(names)];
}

/** All three, or none of them: half a pod would lead without being found. */
function ownPodFrom(environment: NodeJS.ProcessEnv, problems: Problem[]): OwnPod | undefined {
  const { POD_NAME: name = '', POD_NAMESPACE: namespace = '', POD_UID: uid = '' } = environment;
  if (name === '' && namespace === '' && uid === '') return undefined;
  for (const [path, value] of Object.entries({ POD_NAME: name, POD_NAMESPACE: namespace, POD_UID: uid })) {
    if (value === '') problems.push({ path, want: 'a value of the downward API', got: 'nothing' });
  }
  return { name, namespace, uid };
}

/** Every interface is no address that others can dial: the pod's is. */
function addressFrom({ POD_IP: ip = '' }: NodeJS.ProcessEnv, listen: string): string {
  const port = /:(\d+)$/.exec(listen)?.[1] ?? '';
  return ip === '' ? '' : `${ip.includes(':') ? `[${ip}]` : ip}:${port}`;
}
