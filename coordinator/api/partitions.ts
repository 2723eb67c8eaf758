// Which partition a request means.

import { RunControlError } from '../../protos/failure/trouble.ts';
import type { PartitionSummary } from '../../protos/generated/baton/v1/PartitionSummary.ts';
import { nearest } from '../../protos/machine/nearest.ts';
import { show } from '../../protos/machine/show.ts';
import type { Leading } from '../leading.ts';
import type { Scaling } from './scaling.ts';

/** Partitions that are listed in one sentence. */
const NAMED_MAX = 20;

/** What this process leads, as its service needs it. */
export type Partitions = {
  /**
   * The partition that `name` means. Throws RunControlError: what `chosen` throws, NO_LEADER with the leader's
   * address while another process leads, STOPPING, and whatever keeps this one from being led.
   */
  find(name: string): Leading;
  /** One line about each, by namespace and name. Throws RunControlError NO_LEADER, STOPPING. */
  list(): readonly PartitionSummary[];
  /** Absent on one machine: the document says how many there are, and of what. */
  readonly scaling?: Scaling | undefined;
};

type Named = { readonly name: string; readonly namespace: string };

/**
 * Of `all` the one that a request means by "name" or "namespace/name", by "namespace/" when there is only one in it,
 * or by nothing when there is only one.
 * Throws RunControlError UNKNOWN_PARTITION when there is none such, MALFORMED when it may be several; both say
 * which there are.
 */
export function chosen<T extends Named>(all: readonly T[], name: string): T {
  const meant = all.filter((one) => isMeant(one, name));
  const [first, second] = meant;
  if (first !== undefined && second === undefined) return first;
  if (first === undefined) throw unknown(all, name);
  const which = name === '' ? 'which partition is not said' : `several partitions are called ${name}`;
  const want = `one of ${names(meant)}`;
  throw new RunControlError('MALFORMED', `${which}; nothing was done`, {
    problems: [{ path: 'partition', want, got: show(name) }],
  });
}

/** True when a request means that one by `name`. */
export function isMeant(one: Named, name: string): boolean {
  if (name.endsWith('/')) return `${one.namespace}/` === name;
  return name === '' || one.name === name || fullName(one) === name;
}

function unknown(all: readonly Named[], name: string): RunControlError {
  if (all.length === 0) {
    const sentence = 'this coordinator leads no partition yet; nothing was done; create one first';
    return new RunControlError('UNKNOWN_PARTITION', sentence);
  }
  const close = nearest(name, [...all.map((one) => one.name), ...all.map(fullName)]);
  const hint = close === undefined ? '' : `; did you mean ${close}?`;
  const sentence = `this coordinator leads no partition ${show(name)}, but ${names(all)}; nothing was done${hint}`;
  return new RunControlError('UNKNOWN_PARTITION', sentence);
}

function fullName({ name, namespace }: Named): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}

function names(all: readonly Named[]): string {
  const named = all.slice(0, NAMED_MAX).map(fullName);
  const more = all.length > NAMED_MAX ? ` and ${all.length - NAMED_MAX} more` : '';
  return `${named.join(', ')}${more}`;
}
