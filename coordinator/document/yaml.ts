// YAML text as a value whose every part knows its line.

import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  visit,
  type YAMLError,
  type YAMLMap,
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
const HARMLESS: ReadonlySet<string> = new Set(['TAG_RESOLVE_FAILED']);

/** Reads YAML text. `file` is its name for people, `kind` says what it should hold: "a partition". */
export function readYaml(text: string, file: string, kind: string): Source {
  const lines = new LineCounter();
  const [first, second] = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    // The library compares each key with each other one: see repeatedKeys.
    uniqueKeys: false,
    stringKeys: true,
    logLevel: 'silent',
  });
  const tell = ({ offset, want, got }: Complaint, path: FieldPath = []): LinedProblem => {
    // An empty text has no lines at all.
    const line = Math.max(1, lines.linePos(offset).line);
    return { file, line, problem: { path: `${file}:${line} ${pathText(path)}`.trimEnd(), want, got } };
  };
  const pairs = indexed();
  const locate = ({ path, want, got }: Fault): LinedProblem =>
    tell({ offset: offsetOf(first?.contents ?? null, path, pairs), want, got }, path);
  if (first === undefined || first.contents === null) {
    return { raw: undefined, problems: [tell({ offset: 0, want: kind, got: 'an empty file' })], locate };
  }
  const { raw, complaints } = contentOf(first);
  const more = second === undefined ? [] : [{ offset: second.range[0], ...ANOTHER_DOCUMENT }];
  return { raw, problems: [...complaints, ...more].map((complaint) => tell(complaint)), locate };
}

const ANOTHER_DOCUMENT = { want: 'one document in a file', got: 'another one after ---' } as const;

/** What the document holds, unless a fault of the text makes that doubtful. */
function contentOf(document: Document.Parsed): {
  readonly raw: unknown;
  readonly complaints: readonly Complaint[];
} {
  const errors = [...document.errors, ...document.warnings];
  const [first, ...consequences] = errors.filter((error) => !HARMLESS.has(error.code));
  // After a bracket that is not closed the parser stumbles over each line: only the first fault is the writer's.
  const told = errors.filter((error) => !consequences.includes(error));
  const lone = first === undefined ? loneAliases(document) : [];
  const complaints = [...told.map(syntax), ...repeatedKeys(document), ...lone];
  if (first !== undefined || lone.length > 0) return { raw: undefined, complaints };
  try {
    return { raw: document.toJS({ maxAliasCount: ALIASES_MAX }), complaints };
  } catch (cause) {
    if (!(cause instanceof ReferenceError)) throw cause;
    const bomb = { offset: 0, want: `at most ${ALIASES_MAX} values by aliases`, got: 'more' };
    return { raw: undefined, complaints: [...complaints, bomb] };
  }
}

function syntax(error: YAMLError): Complaint {
  const [offset] = error.pos;
  if (error.code === 'NON_STRING_KEY') return { offset, want: 'words as keys', got: 'a key of another kind' };
  return { offset, want: 'valid YAML', got: `a fault: ${error.message}` };
}

/**
 * Aliases that stand for nothing, or for what they are a part of. The library speaks of them only when the value
 * is asked for, and without a line.
 */
function loneAliases(document: Document.Parsed): readonly Complaint[] {
  const found: Complaint[] = [];
  const anchors = new Set<string>();
  visit(document, {
    Value: (_, { anchor }) => {
      if (anchor !== undefined) anchors.add(anchor);
    },
    Alias: (_, { source, range }, above) => {
      const isPart = above.some((node) => isCollection(node) && node.anchor === source);
      if (anchors.has(source) && !isPart) return;
      const want = 'an alias of an anchor that stands before it';
      found.push({ offset: range?.[0] ?? 0, want, got: `*${source}` });
    },
  });
  return found;
}

/** Keys that stand twice in one map. */
function repeatedKeys(document: Document.Parsed): readonly Complaint[] {
  const found: Complaint[] = [];
  visit(document, {
    Map: (_, map) => {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        const offset = startOf(key) ?? 0;
        if (seen.has(name)) found.push({ offset, want: 'each key once', got: `${show(name)} again` });
        seen.add(name);
      }
    },
  });
  return found;
}

/** Where in the text the value at `path` stands, or, when it is missing, what it is missing from. */
function offsetOf(contents: Node | null, path: FieldPath, pairs: PairsOf): number {
  let node: unknown = contents;
  let offset = 0;
  for (const part of path) {
    if (isMap(node)) {
      const pair = pairs(node).get(String(part));
      if (!isScalar(pair?.key)) return offset;
      offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
      offset = startOf(node) ?? offset;
    } else {
      // Also at an alias: what it stands for is written elsewhere, and its own line is the better one to tell.
      return offset;
    }
  }
  return offset;
}

type PairsOf = (map: YAMLMap) => ReadonlyMap<string, Pair>;

/** The pairs of a map by key, kept: a text with thousands of faults asks for them thousands of times. */
function indexed(): PairsOf {
  const kept = new Map<YAMLMap, ReadonlyMap<string, Pair>>();
  return (map) => {
    const found = kept.get(map) ?? new Map(map.items.map((pair) => [keyText(pair), pair]));
    kept.set(map, found);
    return found;
  };
}

function keyText({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : '';
}

function startOf(node: unknown): number | undefined {
  return isMap(node) || isSeq(node) || isScalar(node) || isAlias(node) ? node.range?.[0] : undefined;
}
