// One log line for each command that somebody gave, taken or not: who, from where, what, and what came of it. Tokens do
// not come so far, and what looks like a secret among the arguments is left out.

import { Metadata, ServerInterceptingCall, type ServerInterceptor, status } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import { namedBy } from '../../protos/credentials/access.ts';
import { fromStatus } from '../../protos/failure/status.ts';
import { COORDINATOR_SERVICE } from './service.ts';
import { commandOf, fieldOf, needOf, textOf } from './verbs.ts';

/** The message of each line; with `log.level` info it is always there. */
export const AUDIT_MESSAGE = 'command';

/** Arguments and targets that are told of one command. */
export const AUDITED_MAX = 50;

/** Longest text that is told of one argument, in characters. */
export const AUDITED_LENGTH_MAX = 200;

/** Names of arguments whose values are nobody's business. */
const SECRET = /secret|token|passw|credential|private|api.?key/i;

/** Stands for a value that is not told. */
const HIDDEN = '…';

/** Who gave a command, as far as that is known. */
export type Who = { readonly name: string; readonly credential?: string | undefined };

/** Logs each call that commands, once it has ended. `whoOf` knows who makes a call with these headers. */
export function auditInterceptor(
  log: Logger,
  whoOf: (metadata: Metadata, call: Parameters<typeof namedBy>[0]) => Who | undefined,
): ServerInterceptor {
  return ({ path }, call) => {
    const [, service = '', method = ''] = path.split('/');
    if (service !== COORDINATOR_SERVICE || !isCommand(method)) return new ServerInterceptingCall(call);
    let headers: Metadata | undefined;
    let request: unknown;
    let answer: unknown;
    let isTold = false;
    const tell = (result: object): void => {
      if (isTold) return;
      isTold = true;
      const who = headers === undefined ? undefined : whoOf(headers, call);
      const given = { who: who?.name, credential: who?.credential, from: call.getPeer(), call: method };
      log.info({ ...given, ...asked(method, request), ...accepted(answer), ...result }, AUDIT_MESSAGE);
    };
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, go) => {
            headers = metadata;
            go(metadata);
          },
          onReceiveMessage: (message: unknown, go) => {
            request = message;
            go(message);
          },
          onCancel: () => tell({ result: 'cancelled' }),
        }),
      sendMessage: (message: unknown, next) => {
        answer = message;
        next(message);
      },
      sendStatus: (ended, next) => {
        tell(resultOf(ended));
        next(ended);
      },
    });
  };
}

/** Who shows a certificate, where that is all that is asked. */
export function certifiedWho(
  ...[, call]: Parameters<Parameters<typeof auditInterceptor>[1]>
): Who | undefined {
  const name = namedBy(call);
  return name === undefined ? undefined : { name };
}

/** True for a method that may change something. */
function isCommand(method: string): boolean {
  const need = needOf(method, undefined);
  return need === 'operate' || need === 'force';
}

type Ended = Parameters<ServerInterceptingCall['sendStatus']>[0];

function resultOf({ code = status.UNKNOWN, details = '', metadata }: Ended): object {
  if (code === status.OK) return { result: 'taken' };
  const error = Object.assign(new Error(details), { code, details, metadata: metadata ?? new Metadata() });
  const { code: result, message: why } = fromStatus(error);
  return { result, why };
}

/** What was asked, of whom. */
function asked(method: string, request: unknown): object {
  const verb = needOf(method, request);
  const [partition, operationId, segment, target] = ['partition', 'operationId', 'segment', 'target'].map(
    (field) => textOf(request, field) || undefined,
  );
  const dryRun = fieldOf(request, 'dryRun') === true ? true : undefined;
  const members = method === 'Scale' ? fieldOf(request, 'members') : undefined;
  const command = fieldOf(request, 'command');
  return {
    verb,
    partition,
    operationId,
    segment,
    members,
    target,
    dryRun,
    ...(command === undefined ? {} : commandFields(request)),
    as: textOf(request, 'operator') || undefined,
  };
}

function commandFields(request: unknown): object {
  const command = fieldOf(request, 'command');
  const kind = commandOf(request) ?? 'unknown';
  const named = fieldOf(command, kind);
  const targets = fieldOf(named, 'targets') ?? fieldOf(fieldOf(command, 'toTargets'), 'targets');
  return {
    command: kind,
    name: typeof named === 'string' ? cut(named) : undefined,
    targets: Array.isArray(targets)
      ? targets.slice(0, AUDITED_MAX).map((each) => cut(String(each)))
      : undefined,
    arguments: auditedArguments(textOf(command, 'argumentsJson')),
  };
}

/** The arguments without what looks like a secret; undefined when there are none, or none that can be read. */
export function auditedArguments(json: string): Readonly<Record<string, unknown>> | undefined {
  const given = valuesIn(json);
  if (given.length === 0) return undefined;
  return Object.fromEntries(
    given
      .slice(0, AUDITED_MAX)
      .map(([name, value]) => [cut(name), SECRET.test(name) ? HIDDEN : shown(value)]),
  );
}

function valuesIn(json: string): readonly (readonly [string, unknown])[] {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? Object.entries(value) : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

function shown(value: unknown): unknown {
  if (typeof value === 'string') return cut(value);
  return typeof value === 'number' || typeof value === 'boolean' ? value : HIDDEN;
}

function cut(text: string): string {
  return text.length <= AUDITED_LENGTH_MAX ? text : `${text.slice(0, AUDITED_LENGTH_MAX)}…`.toWellFormed();
}

/** The operation that was accepted. */
function accepted(answer: unknown): object {
  const operation = fieldOf(answer, 'operation');
  const id = textOf(operation, 'id');
  return id === '' ? {} : { operationId: id, operation: fieldOf(operation, 'number') };
}
