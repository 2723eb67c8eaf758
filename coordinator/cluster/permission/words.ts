// What people are told at the door: what is missing, and who gives it.

import { RunControlError } from '../../../protos/failure/trouble.ts';
import type { Verb } from '../../api/verbs.ts';
import { API_GROUP, AUDIENCE, CALLER_ROLES, CONTROL_SUBRESOURCE } from '../names.ts';
import type { ObjectName } from '../resources/metadata.ts';

/** What callers need rights on, as in a Role. */
export const CONTROLLED = `partitions/${CONTROL_SUBRESOURCE}`;

const HOW = `give one by --token-file, or come through your kubeconfig: it is asked for there; by hand: kubectl create token SERVICE_ACCOUNT --audience=${AUDIENCE}`;

/** Nobody has said who they are. */
export function noToken(): RunControlError {
  const sentence = 'this coordinator wants a token with each call, and none came; nothing was done';
  return new RunControlError('NOT_ALLOWED', sentence, { facts: { next: HOW } });
}

/** A token is no token, or nobody's. */
export function badToken(why: string): RunControlError {
  const sentence = `the token is not taken: ${why}; nothing was done; want one with the audience ${AUDIENCE}`;
  return new RunControlError('NOT_ALLOWED', sentence, { facts: { next: HOW } });
}

/** Stands in a sentence for the namespace that whoever asks has to know. */
export const SOMEWHERE: ObjectName = { namespace: 'NAMESPACE', name: '' };

export type Missing = ObjectName & { readonly person: string; readonly verb: Verb };

/** Somebody may not do that with that partition; an empty name is whichever was meant there. */
export function missingRight(missing: Missing): RunControlError {
  const { person, verb, namespace, name } = missing;
  const which = name === '' ? `a partition of namespace ${namespace}` : `partition ${namespace}/${name}`;
  const sentence = `${person} may not ${verb} ${which}: the verb ${verb} on ${CONTROLLED} of ${API_GROUP} in namespace ${namespace} is missing; nothing was done`;
  return new RunControlError('NOT_ALLOWED', sentence, { facts: { next: grantOf(missing) } });
}

/** Somebody named a partition in few words, and may view none that may be meant. */
export function missingView(person: string, name: string): RunControlError {
  const meant = name === '' ? 'any partition' : `any partition ${JSON.stringify(name)}`;
  const sentence = `${person} may not view ${meant} here: the verb view on ${CONTROLLED} of ${API_GROUP} is missing in its namespace; nothing was done`;
  const facts = { next: grantOf({ person, verb: 'view', ...SOMEWHERE }) };
  return new RunControlError('NOT_ALLOWED', sentence, { facts });
}

/** Who grants a missing verb, and by which command. */
export function grantOf({ person, verb, namespace }: Missing): string {
  const role = CALLER_ROLES[verb];
  const binding = `kubectl create rolebinding ${role}-binding --namespace ${namespace} --clusterrole ${role} ${subjectOf(person)}`;
  return `whoever administers namespace ${namespace} grants it: ${binding}`;
}

/** Of a service account kubectl wants to know namespace and name. */
function subjectOf(person: string): string {
  const [system, kind, namespace, name, ...more] = person.split(':');
  const isAccount = system === 'system' && kind === 'serviceaccount' && more.length === 0;
  if (isAccount && namespace && name) return `--serviceaccount ${namespace}:${name}`;
  return `--user ${/^[\w@%+=:,./-]+$/.test(person) ? person : `'${person.replaceAll("'", "'\\''")}'`}`;
}

/** Nobody can be asked. */
export function cannotAsk(what: string, cause: RunControlError): RunControlError {
  const sentence = `it is not known ${what}, since the API server could not be asked: ${cause.message}; nothing was done`;
  const facts = { next: 'ask again in some seconds; what goes on goes on' };
  return new RunControlError('UNREACHABLE', sentence, { cause, facts });
}
