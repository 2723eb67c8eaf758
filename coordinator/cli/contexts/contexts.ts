// Named coordinators, in a file of the person who uses them.

import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import { didYouMean } from '../../../protos/machine/nearest.ts';
import { type Fault, parseShape } from '../../../protos/machine/shape.ts';
import { list, show } from '../../../protos/machine/show.ts';
import { malformed } from '../../document/malformed.ts';
import { readYaml } from '../../document/yaml.ts';
import { readIfThere } from '../../up/files.ts';
import { ADDRESSES_WANTED, parseAddresses } from '../addresses.ts';
import type { ClusterPlace } from '../tunnel/place.ts';

/** A coordinator by name. */
export type NamedCoordinator = {
  readonly name: string;
  /** `host:port`, or several; absent where there is a cluster. */
  readonly address?: string | undefined;
  /** The cluster inside of which it runs. */
  readonly cluster?: ClusterPlace | undefined;
  /** Folder with the credentials to show there. */
  readonly tls?: string | undefined;
  /** Allows plaintext although it is on another machine. */
  readonly insecure?: boolean | undefined;
  /** The partition that is meant, and its namespace in a cluster. */
  readonly partition?: string | undefined;
  readonly namespace?: string | undefined;
};

export type Contexts = {
  /** Used when nothing else names a coordinator. */
  readonly current?: string | undefined;
  readonly contexts: readonly NamedCoordinator[];
};

/** More are no help to anybody. */
export const CONTEXTS_MAX = 100;

/** Longest name of a partition, of a namespace or of a context of a kubeconfig, in characters. */
const WORD_LENGTH_MAX = 253;

/** What is told when nobody knows where contexts are kept. */
export const NO_CONTEXTS_FILE = 'there is no place for contexts: set HOME or BATON_CONTEXTS';

const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, "1 to 63 letters, digits, '.', '_' or '-'");

const address = z
  .string()
  .refine((text) => parseAddresses(text) !== undefined, ADDRESSES_WANTED)
  .optional();

const word = z.string().min(1).max(WORD_LENGTH_MAX).optional();

const cluster = z
  .strictObject({
    kubeconfig: z
      .string()
      .refine(isAbsolute, 'the full path of a file, e.g. /home/alice/.kube/config')
      .optional(),
    context: word,
    namespace: word,
  })
  .optional();

const tls = z.string().refine(isAbsolute, 'the full path of a folder, e.g. /home/alice/mini').optional();

const insecure = z.boolean().optional();

const schema = z.strictObject({
  current: z.string().optional(),
  contexts: z
    .array(z.strictObject({ name, address, cluster, tls, insecure, partition: word, namespace: word }))
    .max(CONTEXTS_MAX)
    .default([]),
});

/** What the file holds; nothing when there is none. Throws RunControlError MALFORMED with all problems. */
export function readContexts(file: string): Contexts {
  const text = readFile(file);
  return text === undefined || text.trim() === '' ? { contexts: [] } : parseContexts(text, file);
}

/** The contexts in a text that stands in `file`. Throws RunControlError MALFORMED with all problems. */
export function parseContexts(text: string, file: string): Contexts {
  const { raw, problems, locate } = readYaml(text, file, 'contexts');
  if (raw === undefined) throw malformed(file, problems);
  const shape = parseShape<Contexts>(schema, raw);
  const faults = 'faults' in shape ? shape.faults : [...namesOf(shape.value)];
  const all = [...problems, ...faults.map(locate)];
  if (all.length > 0 || 'faults' in shape) throw malformed(file, all);
  return shape.value;
}

/** The context of that name. Throws RunControlError MALFORMED when there is none. */
export function contextNamed({ contexts }: Contexts, wanted: string, file: string): NamedCoordinator {
  const found = contexts.find((each) => each.name === wanted);
  if (found !== undefined) return found;
  const names = contexts.map((each) => each.name);
  const there = names.length === 0 ? 'holds none' : `holds ${list(names)}`;
  const sentence = `there is no context ${show(wanted)}${didYouMean(wanted, names)}; ${file} ${there}; one of the kubeconfig is named by --kube-context`;
  throw new RunControlError('MALFORMED', sentence);
}

function* namesOf({ current, contexts }: Contexts): Generator<Fault> {
  for (const [at, each] of contexts.entries()) {
    const want = 'an address or a cluster, and not both';
    if ((each.address === undefined) !== (each.cluster === undefined)) continue;
    yield { path: ['contexts', at, 'address'], want, got: each.cluster === undefined ? 'neither' : 'both' };
  }
  const names = contexts.map((each) => each.name);
  for (const [at, each] of names.entries()) {
    if (names.indexOf(each) === at) continue;
    yield { path: ['contexts', at, 'name'], want: 'a name that is used once', got: `${show(each)} again` };
  }
  if (current === undefined || names.includes(current)) return;
  const want = `the name of a context (${list(names)})${didYouMean(current, names)}`;
  yield { path: ['current'], want, got: show(current) };
}

function readFile(file: string): string | undefined {
  try {
    return readIfThere(file);
  } catch (cause) {
    throw new RunControlError('MALFORMED', `cannot read ${file}`, { cause });
  }
}
