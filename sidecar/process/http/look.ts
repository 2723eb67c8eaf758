// A look at a process: whether it is well, and what it says of itself.

import type { HttpSettings } from '../../../protos/adapter/http.ts';
import type { Token } from '../../rules/model.ts';
import { parseStartId, sentence, stateName } from '../said.ts';
import { parseToken } from '../token.ts';
import { type Exchanged, unreadable } from './exchange.ts';
import { at, parseBody, textAt } from './json.ts';
import { type Answer, bodyHolds, statusHolds, whyNot } from './judge.ts';
import type { Line } from './line.ts';

/** What was seen. */
export type Seen = {
  readonly kind: 'seen';
  /** Its own word for its state; undefined when it tells none. */
  readonly word: string | undefined;
  /** Whether it runs a transition; undefined when it does not tell. */
  readonly busy: boolean | undefined;
  /** The token that it echoes; undefined without one. */
  readonly executed: Token | undefined;
  /** Undefined when it names its life nowhere. */
  readonly startId: string | undefined;
  /** One sentence when it says that it is not well; else empty. */
  readonly trouble: string;
};

export type Looked =
  | Seen
  /** The process that was meant does not listen any more. */
  | { readonly kind: 'gone' }
  /** It may be there, and did not answer in time; `why`: since it could not even be asked. */
  | { readonly kind: 'late'; readonly why?: string }
  | { readonly kind: 'broken'; readonly why: string };

const NOTHING: Seen = {
  kind: 'seen',
  word: undefined,
  busy: undefined,
  executed: undefined,
  startId: undefined,
  trouble: '',
};

/** Asks health and state, each at most `deadlineMs` long; without either it looks who listens. */
export async function look(settings: HttpSettings, line: Line, deadlineMs: number): Promise<Looked> {
  const { health, state } = settings;
  if (health === undefined && state === undefined) return whileMeant(line, NOTHING);
  const healthy =
    health === undefined ? NOTHING : await ask(line, health.path, deadlineMs, healthOf(settings));
  if (healthy.kind !== 'seen' || state === undefined) return healthy;
  const told = await ask(line, state.path, deadlineMs, stateOf(settings));
  if (told.kind !== 'seen') return told;
  return { ...told, startId: told.startId ?? healthy.startId, trouble: healthy.trouble };
}

type Read = (answer: Answer) => Looked;

async function ask(line: Line, path: string, deadlineMs: number, read: Read): Promise<Looked> {
  const exchanged = await line.ask({ method: 'GET', path, headers: {}, body: '' }, { deadlineMs });
  if (exchanged.kind === 'answered') return read(exchanged.answer);
  return failed(line, path, exchanged);
}

async function failed(
  line: Line,
  path: string,
  exchanged: Exclude<Exchanged, { kind: 'answered' }>,
): Promise<Looked> {
  if (exchanged.kind === 'unsent') return exchanged.gone ? { kind: 'gone' } : late(exchanged.why);
  if (exchanged.kind === 'late') return { kind: 'late' };
  // A connection that breaks because the process died tells the same as one that the process cut.
  return whileMeant(line, { kind: 'broken', why: sentence(`GET ${path} broke: ${exchanged.why}`) });
}

/** `looked`, if the process that is meant still listens. */
async function whileMeant(line: Line, looked: Looked): Promise<Looked> {
  try {
    return (await line.isMeant()) ? looked : { kind: 'gone' };
  } catch (error) {
    return late(unreadable(error));
  }
}

function late(why: string): Looked {
  return { kind: 'late', why: sentence(why) };
}

function healthOf(settings: HttpSettings): Read {
  const { health } = settings;
  return (answer) => {
    const body = parseBody(answer.body);
    const isWell = health === undefined || statusHolds(health.status, answer.status);
    const trouble = isWell ? '' : whyNot({ cause: health.trouble ?? settings.cause }, answer);
    return named(body, health?.startId, { ...NOTHING, trouble });
  };
}

function stateOf({ state }: HttpSettings): Read {
  return (answer) => {
    if (state === undefined) return NOTHING;
    const { path, pointer, busy, executed, startId } = state;
    if (!statusHolds(['2xx'], answer.status)) {
      return { kind: 'broken', why: sentence(`GET ${path}: ${whyNot({ cause: '/error' }, answer)}`) };
    }
    const body = parseBody(answer.body);
    const word = textAt(body, pointer);
    if (word === undefined) {
      return { kind: 'broken', why: sentence(`GET ${path} tells no state at "${pointer}": ${answer.body}`) };
    }
    const echoed = executed === undefined ? undefined : textAt(body, executed);
    return named(body, startId, {
      ...NOTHING,
      word: stateName(word),
      busy: busy === undefined ? undefined : bodyHolds(busy, body),
      executed: echoed === undefined ? undefined : parseToken(echoed),
    });
  };
}

/** A start id that should be there and is none breaks the look: without it lives cannot be told apart. */
function named(body: unknown, pointer: string | undefined, seen: Seen): Looked {
  if (pointer === undefined) return seen;
  const startId = parseStartId(textAt(body, pointer) ?? String(at(body, pointer) ?? ''));
  return 'broken' in startId ? { kind: 'broken', why: startId.broken } : { ...seen, startId: startId.value };
}
