// An Event as an object of the API server (events.k8s.io/v1).

import { API_GROUP } from '../names.ts';
import type { Note } from './note.ts';

/** The API server takes no more, in characters. */
const NOTE_LENGTH_MAX = 1_000;
const INSTANCE_LENGTH_MAX = 128;

/** The object of which something is told. */
export type Regarding = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Undefined: whichever has the name. */
  readonly uid?: string | undefined;
};

export type EventContext = {
  readonly regarding: Regarding;
  /** The pod that tells it. */
  readonly instance: string;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
};

/** Its name: that of the object first, so that `kubectl get events` is read easily. */
export function eventName(object: string, name: string): string {
  return `${object}.${name}`;
}

export function eventBody(
  name: string,
  note: Omit<Note, 'key'>,
  context: EventContext,
): Readonly<Record<string, unknown>> {
  const { regarding, instance, nowMs } = context;
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { namespace: regarding.namespace, name: eventName(regarding.name, name) },
    eventTime: microTime(nowMs),
    reportingController: `${API_GROUP}/coordinator`,
    reportingInstance: instance.slice(0, INSTANCE_LENGTH_MAX),
    action: note.action,
    reason: note.reason,
    type: note.type,
    note: note.sentence.slice(0, NOTE_LENGTH_MAX),
    regarding,
  };
}

/** What makes a series of an Event that is there. */
export function seriesPatch(count: number, nowMs: number): Readonly<Record<string, unknown>> {
  return { series: { count, lastObservedTime: microTime(nowMs) } };
}

/** Kubernetes wants six digits of a second here, and refuses three. */
function microTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -1)}000Z`;
}
