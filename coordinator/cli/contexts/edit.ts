import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Document, parseDocument } from 'yaml';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import {
  type Contexts,
  contextNamed,
  type NamedCoordinator,
  parseContexts,
  readContexts,
} from './contexts.ts';

/** Adds a context, or gives one of that name another address. Throws RunControlError MALFORMED. */
export function setContext(file: string, named: NamedCoordinator): Contexts {
  return edit(file, (document, { contexts }) => {
    const at = contexts.findIndex((each) => each.name === named.name);
    const said = Object.entries(named).filter(([, value]) => value !== undefined);
    // What else stands in it is kept.
    if (at >= 0) {
      for (const [key, value] of said) document.setIn(['contexts', at, key], value);
      // It has one place only.
      document.deleteIn(['contexts', at, named.cluster === undefined ? 'cluster' : 'address']);
    } else if (contexts.length === 0)
      document.set('contexts', document.createNode([Object.fromEntries(said)]));
    else document.addIn(['contexts'], document.createNode(Object.fromEntries(said)));
  });
}

/** Makes a context the one that is used without asking. Throws RunControlError MALFORMED. */
export function useContext(file: string, name: string): Contexts {
  return edit(file, (document, contexts) => {
    document.set('current', contextNamed(contexts, name, file).name);
  });
}

/** Removes a context; if it was the current one, there is none from now on. Throws RunControlError MALFORMED. */
export function removeContext(file: string, name: string): Contexts {
  return edit(file, (document, contexts) => {
    const removed = contextNamed(contexts, name, file);
    document.deleteIn(['contexts', contexts.contexts.indexOf(removed)]);
    if (contexts.current === name) document.delete('current');
  });
}

type Change = (document: Document, present: Contexts) => void;

/** Changes the text in place, so that remarks in it stay, and writes it whole or not at all. */
function edit(file: string, change: Change): Contexts {
  const present = readContexts(file);
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const document: Document = text.trim() === '' ? new Document({}) : parseDocument(text);
  change(document, present);
  const changed = document.toString({ lineWidth: 0 });
  const result = parseContexts(changed, file);
  try {
    mkdirSync(dirname(file), { recursive: true });
    // Kept by some in a folder of their own, with a link to it.
    const place = existsSync(file) ? realpathSync(file) : file;
    writeFileSync(`${place}.new`, changed, { mode: 0o600 });
    renameSync(`${place}.new`, place);
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    const problems = [{ path: file, want: 'a file that can be written', got }];
    throw new RunControlError('MALFORMED', 'the contexts are as they were', { cause, problems });
  }
  return result;
}
