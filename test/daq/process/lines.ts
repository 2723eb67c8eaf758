// The face in lines: one JSON object a line, on standard input what is asked, on standard output what is said.

import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';
import type { Clerk } from './clerk.ts';
import { parsePerform } from './parse.ts';
import { troubleSentence } from './trouble.ts';

/** The sidecar that started the process is the only one who ever asks. */
const ATTACHMENT = 1;

/** How often the state is told when nothing changes, in milliseconds. */
const BEAT_MS = 500;

const token = z.object({ operationNumber: z.number(), step: z.number(), operationId: z.string() });

const lineSchema = z.union([
  z.object({
    perform: z.object({
      token,
      transition: z.string(),
      arguments: z.record(z.string(), z.unknown()),
      from: z.string(),
      to: z.string(),
      budgetMs: z.number(),
      runNumber: z.number(),
    }),
  }),
  z.object({ giveUp: z.object({ token }) }),
]);

type Perform = Extract<z.output<typeof lineSchema>, { perform: unknown }>['perform'];

export type LinesOptions = {
  readonly clerk: Clerk;
  readonly input: Readable;
  readonly output: Writable;
  /** Nobody asks any more: the sidecar is gone. */
  readonly ended: () => void;
};

/** Obeys lines until the input ends. */
export function obeyLines({ clerk, input, output, ended }: LinesOptions): void {
  const say = (message: object) => output.write(`${JSON.stringify(message)}\n`);
  const tell = () => say({ state: clerk.desk.state, trouble: clerk.trouble().slice(0, 500) });
  const caller = { attachment: ATTACHMENT, startId: clerk.attach(ATTACHMENT).startId };
  clerk.listen(tell);
  tell();
  setInterval(tell, BEAT_MS);
  const lines = createInterface({ input });
  lines.on('line', (line) => {
    const asked = lineSchema.parse(JSON.parse(line));
    if ('perform' in asked) {
      void perform(clerk, caller, asked.perform).then((answer) => {
        if (answer !== undefined) say(answer);
      });
    } else clerk.giveUp(caller, asked.giveUp.token);
  });
  lines.on('close', ended);
}

/** The answer to one request; undefined when a fault on demand drops it. */
async function perform(
  clerk: Clerk,
  caller: { readonly attachment: number; readonly startId: string },
  asked: Perform,
): Promise<object | undefined> {
  const { token, arguments: given, ...rest } = asked;
  try {
    const raw = { ...rest, ...caller, token, argumentsJson: JSON.stringify(given) };
    const { ending, dropped } = await clerk.perform(parsePerform(raw));
    if (dropped) return undefined;
    const { kind: outcome, ...said } = ending.outcome;
    return { answer: { token, cause: '', ...said, outcome, state: ending.state } };
  } catch (error) {
    return { answer: { token, outcome: 'refused', state: clerk.desk.state, cause: troubleSentence(error) } };
  }
}
