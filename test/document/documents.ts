// A small good document and ways to spoil it.

import { parseDocument } from '../../coordinator/document/parse.ts';
import { problemLine, RunControlError } from '../../protos/failure/trouble.ts';

/** Where the files of these tests stand. */
export const DOCUMENTS = 'test/testdata/documents';

/** Where the texts are said to stand: other files are looked for beside it. */
export const PATH = 'test/testdata/documents/partition.yaml';

/** A partition of two segments under `minimal`, with nothing that could be left out. */
export const GOOD = `apiVersion: baton.dev/v1alpha1
kind: Partition
metadata:
  name: small
spec:
  machine: minimal
  segments:
    - name: source
      members: 2
      process:
        command: [sleep, "100"]
    - name: sink
      members: 1
      process:
        command: [sleep, "100"]
`;

/** The same text with one place changed. Throws when the place is not there. */
export function edited(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`the text has no ${JSON.stringify(from)}`);
  return text.replace(from, () => to);
}

/** The faults that reading `text` tells: the sentence, then a line for each. Throws when there is none. */
export async function faultsOf(text: string): Promise<readonly string[]> {
  try {
    await parseDocument(text, PATH);
  } catch (cause) {
    if (!(cause instanceof RunControlError) || cause.code !== 'MALFORMED') throw cause;
    return [cause.message, ...cause.problems.map(problemLine)];
  }
  throw new Error('the document is good');
}

/** The problems with which a promise is refused, as lines. */
export async function problemsOf(promise: Promise<unknown>): Promise<readonly string[]> {
  try {
    await promise;
  } catch (cause) {
    if (cause instanceof RunControlError && cause.code === 'MALFORMED')
      return cause.problems.map(problemLine);
    throw cause;
  }
  throw new Error('the file is good');
}
