// The face over HTTP: a REST interface as a DAQ process might have had it before anybody thought of Baton. A
// command is answered at its end; with ?wait=no, or with a URL to call back, at once.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import type { Clerk } from './clerk.ts';
import { parsePerform } from './parse.ts';
import type { Token } from './rules.ts';
import { troubleSentence } from './trouble.ts';

const HOST = '127.0.0.1';

/** Its sidecar is the only one who ever asks. */
const ATTACHMENT = 1;

/** So many jobs are remembered for those who ask how they ended. */
const JOBS_MAX = 256;

const command = z.object({
  token: z.string(),
  from: z.string(),
  to: z.string(),
  run: z.number(),
  budgetMs: z.number(),
  arguments: z.record(z.string(), z.unknown()),
  callback: z.string().optional(),
});

type Command = z.output<typeof command>;

/** How a command ended, or that it goes on. */
type Report = { readonly success?: boolean; readonly refused?: boolean; readonly error?: string };

/** Serves the interface on loopback; port 0 lets the kernel choose. Gives the port. */
export async function serveHttp(clerk: Clerk, port: number): Promise<number> {
  clerk.attach(ATTACHMENT);
  const jobs = new Map<string, Report>();
  const server = createServer((request, response) => {
    const answered = route(clerk, jobs, request, response);
    answered.catch((error: unknown) => say(response, 400, { error: troubleSentence(error) }));
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', (cause) =>
    reject(new RunControlError('UNREACHABLE', `cannot listen on ${HOST}:${port}`, { cause })),
  );
  server.listen(port, HOST, resolve);
  await promise;
  const bound = server.address();
  return bound !== null && typeof bound === 'object' ? bound.port : port;
}

async function route(
  clerk: Clerk,
  jobs: Map<string, Report>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', `http://${HOST}`);
  const [, folder, name = ''] = pathname.split('/').map(decodeURIComponent);
  const { desk } = clerk;
  switch (`${request.method} /${folder}`) {
    case 'GET /health':
      return say(response, clerk.trouble() === '' ? 200 : 503, {
        startId: desk.startId,
        error: clerk.trouble(),
      });
    case 'GET /state':
      return say(response, 200, {
        state: desk.state,
        busy: desk.busy !== undefined,
        executed: desk.executed === undefined ? null : textOf(desk.executed),
      });
    case 'GET /jobs':
      return say(response, jobs.has(name) ? 200 : 404, jobs.get(name) ?? { error: 'no such job' });
    case 'POST /abort':
      if (desk.busy !== undefined) clerk.giveUp(callerOf(clerk), desk.busy);
      return say(response, 202, {});
    case 'POST /fsm': {
      const asked = command.parse(JSON.parse(await bodyOf(request)));
      const atOnce = searchParams.get('wait') === 'no' || asked.callback !== undefined;
      const report = carryOut(clerk, jobs, name, asked);
      if (atOnce) return say(response, 202, { job: asked.token });
      const ended = await report;
      if (ended !== undefined) say(response, statusOf(ended), ended);
      return;
    }
    default:
      return say(response, 404, { error: `there is no ${request.method} ${pathname}` });
  }
}

/** The end of a command; undefined when a fault on demand keeps it secret. */
async function carryOut(
  clerk: Clerk,
  jobs: Map<string, Report>,
  transition: string,
  asked: Command,
): Promise<Report | undefined> {
  const { token, callback } = asked;
  jobs.set(token, {});
  for (const old of [...jobs.keys()].slice(0, -JOBS_MAX)) jobs.delete(old);
  const report = await performed(clerk, transition, asked);
  if (report === undefined) return undefined;
  jobs.set(token, report);
  // A reply that nobody takes is not sent again, as DAQ processes do.
  if (callback !== undefined) {
    await fetch(callback, { method: 'POST', body: JSON.stringify(report) }).catch(() => undefined);
  }
  return report;
}

async function performed(clerk: Clerk, transition: string, asked: Command): Promise<Report | undefined> {
  const { from, to, budgetMs, run: runNumber } = asked;
  const argumentsJson = JSON.stringify(asked.arguments);
  const fixed = { from, to, budgetMs, runNumber, argumentsJson, ...callerOf(clerk) };
  try {
    const request = parsePerform({ ...fixed, transition, token: tokenIn(asked.token) });
    const { ending, dropped } = await clerk.perform(request);
    if (dropped) return undefined;
    const { kind, cause } = { cause: '', ...ending.outcome };
    return { success: kind === 'executed', refused: kind === 'refused', error: cause };
  } catch (error) {
    return { success: false, refused: true, error: troubleSentence(error) };
  }
}

function statusOf({ success, refused }: Report): number {
  return success === true ? 200 : refused === true ? 409 : 500;
}

function callerOf({ desk }: Clerk): { readonly attachment: number; readonly startId: string } {
  return { attachment: desk.attachment, startId: desk.startId };
}

function textOf({ operationNumber, step, operationId }: Token): string {
  return `${operationNumber}.${step}.${encodeURIComponent(operationId)}`;
}

function tokenIn(text: string): Token {
  const [number, step, ...id] = text.split('.');
  return {
    operationNumber: Number(number),
    step: Number(step),
    operationId: decodeURIComponent(id.join('.')),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  return body;
}

function say(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
