// What each call needs of whoever makes it: the one table of it. What does not stand in it nobody may.

/** What somebody may do with a partition, from the least to the most. */
export const VERBS = ['view', 'operate', 'force'] as const;

export type Verb = (typeof VERBS)[number];

/**
 * What a call needs: a verb; or only that it is known who calls, since what is told is narrowed to what they may
 * view.
 */
export type Need = Verb | 'known';

/** How the need follows from what is asked. */
type Rule = Need | ((request: unknown) => Need);

/** By the names of the methods of baton.v1.Coordinator. */
const RULES: Readonly<Record<string, Rule>> = {
  GetPartition: 'view',
  Watch: 'view',
  GetMachine: 'view',
  ListOperations: 'view',
  ListRuns: 'view',
  Plan: 'view',
  Submit: commandNeeds,
  Cancel: 'operate',
  // With dry_run too: whoever may not do it is told so by the plan already.
  Scale: 'operate',
  Rollout: 'operate',
  // Its word that a process has ended is taken as proof.
  ReportPod: 'force',
  ListPartitions: 'known',
  GetCaller: 'known',
};

/** Commands that go by the machine; whatever else there is overrules what is seen, and is force. */
const ORDERLY: ReadonlySet<unknown> = new Set(['transition', 'sequence', 'goTo', 'recover']);

/** What a call of that method with this request needs; undefined: nobody may call it. */
export function needOf(method: string, request: unknown): Need | undefined {
  const rule = Object.hasOwn(RULES, method) ? RULES[method] : undefined;
  return typeof rule === 'function' ? rule(request) : rule;
}

function commandNeeds(request: unknown): Verb {
  return ORDERLY.has(commandOf(request)) ? 'operate' : 'force';
}

/** Which command a request asks for, e.g. `declareGone`; undefined when it asks for none that is known. */
export function commandOf(request: unknown): string | undefined {
  const kind = fieldOf(fieldOf(request, 'command'), 'command');
  return typeof kind === 'string' ? kind : undefined;
}

/** The text in that field of a message; empty when there is none. */
export function textOf(message: unknown, field: string): string {
  const value = fieldOf(message, field);
  return typeof value === 'string' ? value : '';
}

/** What a message has in that field. */
export function fieldOf(message: unknown, field: string): unknown {
  if (typeof message !== 'object' || message === null) return undefined;
  return Object.hasOwn(message, field) ? Reflect.get(message, field) : undefined;
}
