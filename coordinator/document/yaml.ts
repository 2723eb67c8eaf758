// YAML text as a value whose every part knows its line.

import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  visit,
  type YAMLError,
} from 'yaml';
import type { Problem } from '../../protos/failure/trouble.ts';
import { type FieldPath, pathText } from '../../protos/machine/fieldPath.ts';
import type { Fault } from '../../protos/machine/shape.ts';
import { show } from '../../protos/machine/show.ts';
import { ALIASES_MAX } from './limits.ts';

/** One fault of a file. File and line stand beside it for sorting. */
export type LinedProblem = { readonly file: string; readonly line: number; readonly problem: Problem };

/** A file that was read. */
export type Source = {
  /** What the text holds; undefined when that cannot be told. */
  readonly raw: unknown;
  /** Faults of the text itself. */
  readonly problems: readonly LinedProblem[];
  /** A fault of what the text holds, with file and line. */
  readonly locate: (fault: Fault) => LinedProblem;
};

type Complaint = { readonly offset: number; readonly want: string; readonly got: string };

/** Faults after which the rest of a text still means what it says. */
const HARMLESS: ReadonlySet<string> = new Set(['DUPLICATE_KEY', 'NON_STRING_KEY', 'TAG_RESOLVE_FAILED']);

/** Reads YAML text. `file` is its name for people, `kind` says what it should hold: "a partition". */
export function readYaml(text: string, file: string, kind: string): Source {
  const lines = new LineCounter();
  const [first, second] = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    logLevel: 'silent',
  });
  const tell = ({ offset, want, got }: Complaint, path: FieldPath = []): LinedProblem => {
    // An empty text has no lines at all.
    const line = Math.max(1, lines.linePos(offset).line);
    return { file, line, problem: { path: `${file}:${line} ${pathText(path)}`.trimEnd(), want, got } };
  };
  const locate = ({ path, want, got }: Fault): LinedProblem =>
    tell({ offset: offsetOf(first?.contents ?? null, path), want, got }, path);
  if (first === undefined || first.contents === null) {
    return { raw: undefined, problems: [tell({ offset: 0, want: kind, got: 'an empty file' })], locate };
  }
  const { raw, complaints } = contentOf(first, text);
  const more = second === undefined ? [] : [{ offset: second.range[0], ...ANOTHER_DOCUMENT }];
  return { raw, problems: [...complaints, ...more].map((complaint) => tell(complaint)), locate };
}

const ANOTHER_DOCUMENT = { want: 'one document in a file', got: 'another one after ---' } as const;

/** What the document holds, unless a fault of the text makes that doubtful. */
function contentOf(
  document: Document.Parsed,
  text: string,
): { readonly raw: unknown; readonly complaints: readonly Complaint[] } {
  const errors = [...document.errors, ...document.warnings];
  const complaints = [...errors.map((error) => syntax(error, text)), ...loneAliases(document)];
  const isReadable = errors.every((error) => HARMLESS.has(error.code)) && complaints.length === errors.length;
  if (!isReadable) return { raw: undefined, complaints };
  try {
    return { raw: document.toJS({ maxAliasCount: ALIASES_MAX }), complaints };
  } catch (cause) {
    if (!(cause instanceof ReferenceError)) throw cause;
    const bomb = { offset: 0, want: `each anchor used at most ${ALIASES_MAX} times`, got: 'more aliases' };
    return { raw: undefined, complaints: [...complaints, bomb] };
  }
}

function syntax(error: YAMLError, text: string): Complaint {
  const [offset, end] = error.pos;
  if (error.code === 'DUPLICATE_KEY') {
    return { offset, want: 'each key once', got: `${show(text.slice(offset, end))} again` };
  }
  return { offset, want: 'valid YAML', got: `a fault: ${error.message}` };
}

/** Aliases without an anchor: the library speaks of them only when the value is asked for, and without a line. */
function loneAliases(document: Document.Parsed): readonly Complaint[] {
  const found: Complaint[] = [];
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return;
      found.push({
        offset: alias.range?.[0] ?? 0,
        want: 'an anchor for each alias',
        got: `*${alias.source}`,
      });
    },
  });
  return found;
}

/** Where in the text the value at `path` stands, or, when it is missing, what it is missing from. */
function offsetOf(contents: Node | null, path: FieldPath): number {
  let node: unknown = contents;
  let offset = 0;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part));
      if (!isScalar(pair?.key)) return offset;
      offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
      offset = startOf(node) ?? offset;
    } else {
      return offset;
    }
    // What an alias stands for is written elsewhere; the line of the alias is the better one to tell.
    if (isAlias(node)) return offset;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return isMap(node) || isSeq(node) || isScalar(node) || isAlias(node) ? node.range?.[0] : undefined;
}
