// The page of all codes, made from the tables and from what the programs themselves say.

import { BATON_BUG, CONSEQUENCES } from '../../coordinator/cli/exit.ts';
import { explain } from '../../coordinator/cli/explain.ts';
import { COORDINATOR, COORDINATOR_BUG, SUPERSEDED } from '../../coordinator/failures.ts';
import { StaleAppend } from '../../coordinator/journal/journal.ts';
import { bugSentence } from '../../protos/failure/bug.ts';
import type { Entry } from '../../protos/failure/catalogue.ts';
import { TROUBLE, type TroubleCode } from '../../protos/failure/trouble.ts';
import { REFUSALS, SIDECAR, SIDECAR_BUG } from '../../sidecar/failures.ts';
import { BATON_EXAMPLES } from './baton.ts';
import { COORDINATOR_EXAMPLES } from './coordinator.ts';
import type { Said } from './example.ts';
import { REFUSAL_EXAMPLES, SIDECAR_EXAMPLES } from './sidecar.ts';

export type Row = {
  readonly code: string;
  readonly entry: Entry;
  /** gRPC status in which it travels; undefined: it does not. */
  readonly status: string | undefined;
  readonly retryable: boolean;
  readonly example: () => Said | Promise<Said>;
};

export type Section = { readonly title: string; readonly text: string; readonly rows: readonly Row[] };

const A_BUG = new TypeError(
  "Cannot read properties of undefined (reading 'wave')\n    at judge (wave.ts:12:3)",
);

/** Every code of every component. */
export const SECTIONS: readonly Section[] = [
  {
    title: 'The coordinator',
    text: 'What it answers to a call that it does not do, or ends with.',
    rows: [
      ...troubles(COORDINATOR, COORDINATOR_EXAMPLES),
      row('superseded', SUPERSEDED, () => {
        const at = { epoch: 4, index: 80 };
        const { message } = new StaleAppend('/daq/journal.sqlite', at, { epoch: 5, index: 81 });
        return { code: 'superseded', words: `coordinator: ${message}` };
      }),
      row('a bug', COORDINATOR_BUG, () => bug('coordinator', COORDINATOR_BUG)),
    ],
  },
  {
    title: 'The sidecar refuses a transition',
    text: 'Each is an answer of one target, shown beside it; the operation goes on or fails as the segment says.',
    rows: Object.entries(REFUSALS).map(([code, meaning]) =>
      row(code, meaning, exampleOf(REFUSAL_EXAMPLES, code)),
    ),
  },
  {
    title: 'The sidecar ends a stream, or itself',
    text: 'What a coordinator or a tool is told, and what it ends with.',
    rows: [
      ...troubles(SIDECAR, SIDECAR_EXAMPLES),
      row('a bug', SIDECAR_BUG, () => bug('sidecar', SIDECAR_BUG)),
    ],
  },
  {
    title: 'baton',
    text: 'What whoever typed a command reads, and the exit code of the command.',
    rows: [
      ...troubles(CONSEQUENCES, BATON_EXAMPLES),
      row('a bug', BATON_BUG, () => ({ code: 'a bug', words: explain(A_BUG).lines.join('\n') })),
    ],
  },
];

/** The page, in Markdown. Throws when an example is one of another code. */
export async function renderPage(): Promise<string> {
  const sections: string[] = [];
  for (const section of SECTIONS) sections.push(await renderSection(section));
  return `${HEAD}\n${sections.join('\n')}`;
}

const HEAD = `# Codes, and what they mean

Made from the tables by \`npm run errors\`; a test holds it to them. Each example is what the program itself has said.
Nothing is ever retried by itself that may have been done; "again" says whether asking again may help.
`;

async function renderSection({ title, text, rows }: Section): Promise<string> {
  const parts: string[] = [];
  for (const each of rows) parts.push(await renderRow(each));
  return `## ${title}\n\n${text}\n\n${parts.join('\n')}`;
}

async function renderRow({ code, entry, status, retryable, example }: Row): Promise<string> {
  const said = await example();
  if (said.code !== code) throw new Error(`the example of ${code} is one of ${said.code}: ${said.words}`);
  const facts = [
    ...(status === undefined ? [] : [`gRPC ${status}`, retryable ? 'again: yes' : 'again: no']),
    ...(entry.exit === undefined ? [] : [`exit code ${entry.exit}`]),
  ];
  return [
    `### ${code}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`,
    '',
    `${capital(entry.means)}. Now: ${entry.now}. Next: ${entry.next}.`,
    '',
    '```',
    said.words,
    '```',
    '',
  ].join('\n');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

type Examples = Readonly<Record<string, () => Said | Promise<Said>>>;

function troubles(table: Readonly<Record<string, Entry>>, examples: Examples): readonly Row[] {
  return Object.entries(table).map(([code, entry]) => {
    const { status, retryable } = TROUBLE[code as TroubleCode];
    return { code, entry, status, retryable, example: exampleOf(examples, code) };
  });
}

function row(code: string, entry: Entry, example: Row['example']): Row {
  return { code, entry, status: undefined, retryable: false, example };
}

function exampleOf(examples: Examples, code: string): Row['example'] {
  const example = examples[code];
  if (example === undefined) throw new Error(`${code} has no example`);
  return example;
}

function bug(program: string, entry: Entry): Said {
  return { code: 'a bug', words: `${program}: ${bugSentence(A_BUG, entry)}` };
}
