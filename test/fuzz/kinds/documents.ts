// Partition documents: as text that somebody typed wrong, and as a tree of which a part is odd.

import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { partitionOf } from '../../../coordinator/config/partition.ts';
import { initialCore } from '../../../coordinator/core/core.ts';
import { emptyJournal } from '../../../coordinator/core/journal-state.ts';
import { parseDocument } from '../../../coordinator/document/parse.ts';
import { mutateText, mutateValue } from '../mutate.ts';
import { acceptOrReject, type Subject } from '../subject.ts';

const FILES = ['test/testdata/documents/daq.yaml', 'test/demo/partition.yaml', 'test/example/partition.yaml'];
const ROOT = new URL('../../../', import.meta.url);

export async function documents(): Promise<Subject> {
  const specimens = FILES.map((name) => {
    const { pathname: path } = new URL(name, ROOT);
    const text = readFileSync(path, 'utf8');
    return { path, text, value: parse(text) as unknown };
  });
  return {
    attempt: (dice, trace) => {
      const { path, text, value } = dice.pick(specimens);
      const changed = dice.chance(0.5) ? mutateText(dice, text) : stringify(mutateValue(dice, value));
      trace(changed);
      return acceptOrReject('MALFORMED', async () => {
        const document = await parseDocument(changed, path);
        // What was accepted can be worked with.
        initialCore(partitionOf(document), emptyJournal);
      });
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}
