// A directory for one partition of the miniature DAQ: its document, its data, its faults on demand.

import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Faults } from '../daq/process/faults.ts';
import { ledgerPath, ROLES, type Role } from '../daq/run/names.ts';
import { condition } from '../sidecar/condition.ts';
import { httpAdapterOf } from './http.ts';

const DAQ = join(import.meta.dirname, '../daq/main.ts');

/** How long one test may take, in milliseconds: a dozen programs start, on a machine that others use too. */
export const TEST_MS_MAX = 90_000;

/** Bytes of one entry in a readout's ledger. */
const LEDGER_ENTRY_BYTES = 16;

const CONTROL = ['node', join(import.meta.dirname, '../daq/control.ts'), '--port', '{port}'];

/** What a document says of the adapter, and the words by which the process is told how it is driven. */
const ADAPTERS = {
  grpc: { adapterOf: () => ({}), words: ['--port', '{port}'] },
  child: { adapterOf: () => ({ type: 'child' }), words: ['--face', 'lines'] },
  http: { adapterOf: httpAdapterOf, words: ['--face', 'http', '--port', '{port}'] },
  exec: {
    adapterOf: () => ({
      type: 'exec',
      command: [...CONTROL, 'perform'],
      state: { command: [...CONTROL, 'state'], timeoutMs: 20_000 },
    }),
    words: ['--port', '{port}'],
  },
} as const;

export type SiteOptions = {
  /** How the processes are driven; without it over gRPC. */
  readonly face?: keyof typeof ADAPTERS;
  /** Members by role: a role without members is no segment. Without it one of each, but two readouts. */
  readonly members?: Partial<Record<Role, number>>;
  /** Laid over the document's spec. */
  readonly spec?: Readonly<Record<string, unknown>>;
  /** Laid over the segment of that role. */
  readonly segments?: Partial<Record<Role, Readonly<Record<string, unknown>>>>;
  /** Faults that are there from the beginning, by target. */
  readonly faults?: Readonly<Record<string, Faults>>;
  /** Puts a disk of its own below the directory of `baton up`. */
  readonly disk?: (directory: string) => Disposable;
};

export type Site = Disposable & {
  /** File of the document. */
  readonly document: string;
  /** Where `baton up` keeps what belongs to it. */
  readonly directory: string;
  /** Working directory in which it is the default. */
  readonly home: string;
  readonly data: string;
  readonly targets: readonly string[];
  readonly log: (name: string) => string;
  /** From now on this target has these faults, and no others. */
  readonly suffer: (target: string, faults: Faults) => void;
  /** Resolves once readout-0 has read out so many fragments of that run. */
  readonly readOut: (run: number, fragments: number) => Promise<void>;
};

const WHOLE = { trigger: 1, readout: 2, builder: 1, writer: 1 } as const;

/** Makes the directory and writes the document; it is removed when the site is disposed of. */
export function openSite(options: SiteOptions = {}): Site {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'baton-e2e-')));
  const file = (...names: readonly string[]) => join(home, ...names);
  const members: Partial<Record<Role, number>> = options.members ?? WHOLE;
  const roles = ROLES.filter((role) => (members[role] ?? 0) > 0);
  mkdirSync(file('faults'));
  writeFileSync(file('partition.yaml'), JSON.stringify(documentOf(file, { roles, members, options })));
  const suffer = (target: string, faults: Faults) => {
    writeFileSync(file('faults', 'new'), JSON.stringify(faults));
    renameSync(file('faults', 'new'), file('faults', `${target}.json`));
  };
  for (const [target, faults] of Object.entries(options.faults ?? {})) suffer(target, faults);
  const disk = options.disk?.(file('.baton'));
  return {
    document: file('partition.yaml'),
    directory: file('.baton'),
    home,
    data: file('data'),
    targets: roles.flatMap((role) => Array.from({ length: members[role] ?? 0 }, (_, n) => `${role}-${n}`)),
    log: (name) => readFileSync(file('.baton', 'logs', `${name}.log`), 'utf8'),
    suffer,
    readOut: (run, fragments) => untilReadOut(file('data'), run, fragments),
    [Symbol.dispose]: () => {
      disk?.[Symbol.dispose]();
      rmSync(home, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** Resolves once the ledger of readout-0 in `data` holds that many fragments of the run. */
export function untilReadOut(data: string, run: number, fragments: number): Promise<void> {
  return condition(`${fragments} fragments of run ${run} are read out`, () => {
    const ledger = statSync(ledgerPath(data, run, 'readout-0'), { throwIfNoEntry: false });
    return (ledger?.size ?? 0) >= fragments * LEDGER_ENTRY_BYTES;
  });
}

type Plan = {
  readonly roles: readonly Role[];
  readonly members: Partial<Record<Role, number>>;
  readonly options: SiteOptions;
};

function documentOf(
  file: (...names: readonly string[]) => string,
  { roles, members, options }: Plan,
): object {
  const face = ADAPTERS[options.face ?? 'grpc'];
  const numbers = ['--readouts', String(members.readout ?? 1), '--builders', String(members.builder ?? 1)];
  const words = (role: Role) => [
    ...['node', DAQ, role, '--ordinal', '{ordinal}', ...face.words],
    ...['--data-dir', file('data'), '--faults', file('faults', '{segment}-{ordinal}.json')],
    ...numbers,
  ];
  return {
    apiVersion: 'baton.dev/v1alpha1',
    kind: 'Partition',
    metadata: { name: 'mini' },
    spec: {
      machine: 'dune',
      segments: roles.map((role) => ({
        name: role,
        members: members[role],
        adapter: face.adapterOf(role),
        process: { command: words(role) },
        ...options.segments?.[role],
      })),
      ...options.spec,
    },
  };
}
