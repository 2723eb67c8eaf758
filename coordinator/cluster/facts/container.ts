// What is wrong with one container, in words.

import { constants } from 'node:os';
import type { Container, Ending } from '../resources/pod.ts';

/** Why an image cannot be had, as the kubelet says it. */
const IMAGE_REASONS: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);

/** Waiting for these is how every container begins. */
const BEGINNINGS: ReadonlySet<string> = new Set(['', 'ContainerCreating', 'PodInitializing']);

/** What is wrong with a container; empty when nothing is. `who` begins the sentence: "its process". */
export function containerSentence(who: string, container: Container): string {
  const { state } = container;
  if (state.kind === 'ended') return endedSentence(who, container, state.ending);
  if (state.kind !== 'waiting' || BEGINNINGS.has(state.reason)) return '';
  if (IMAGE_REASONS.has(state.reason)) {
    return `the image ${container.image} of ${who} cannot be had (${said(state)})`;
  }
  if (state.reason === 'CrashLoopBackOff') return backOffSentence(who, container, state.message);
  return `${who} cannot be started (${said(state)})`;
}

/** That a container runs in a later life, and how the one before ended; empty in its first life. */
export function historySentence(who: string, { last, restarts }: Container): string {
  return last === undefined || restarts === 0 ? '' : `${who} ${ended(last)}${times(restarts)}`;
}

/** How a life ended: `ended with exit code 3 at 14:03:12 UTC`. */
export function ended({ exitCode, signal, reason, atMs }: Ending): string {
  const at = atMs === undefined ? '' : ` at ${new Date(atMs).toISOString().slice(11, 19)} UTC`;
  if (reason === 'OOMKilled') return `was OOMKilled${at}: it took more memory than its limit`;
  // By convention of shells and kubelets, 128 + the number of the signal.
  const name = signalName(signal || (exitCode > 128 ? exitCode - 128 : 0));
  return name === '' ? `ended with exit code ${exitCode}${at}` : `was ended by ${name}${at}`;
}

/** A container that has done its work and is not started again is no trouble. */
function endedSentence(who: string, { restarts }: Container, ending: Ending): string {
  if (ending.exitCode === 0 && ending.reason === 'Completed' && !who.startsWith('its')) return '';
  return `${who} ${ended(ending)}${times(restarts)}`;
}

function backOffSentence(who: string, { last, restarts }: Container, message: string): string {
  const length = /^back-off (\S+) restarting/.exec(message)?.[1];
  const how = last === undefined ? 'ends again and again' : ended(last);
  const wait = length === undefined ? 'a back-off' : `a back-off of ${length}`;
  return `${who} ${how}${times(restarts)}; it is started again after ${wait}`;
}

function said({ reason, message }: { readonly reason: string; readonly message: string }): string {
  return message === '' ? reason : `${reason}: ${message}`;
}

function times(restarts: number): string {
  if (restarts === 0) return '';
  return restarts === 1 ? ', 1 restart' : `, ${restarts} restarts`;
}

function signalName(number: number): string {
  return Object.entries(constants.signals).find(([, each]) => each === number)?.[0] ?? '';
}
