import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { Teller } from './teller.ts';

const FOLDER = new URL('../testdata/core/', import.meta.url);

const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.txt'));

test('there are transcripts', () => {
  expect(names.length).toBeGreaterThan(5);
});

// A command, a line of dashes, and what the core decides. Change a line only if you can say why it changed.
test.for(names)('%s', async (name) => {
  const text = await readFile(new URL(name, FOLDER), 'utf8');
  const teller = new Teller();
  const told: string[] = [];
  for (const block of text.split('\n\n')) {
    const lines = block.split('\n');
    const dashes = lines.indexOf('----');
    const commands = (dashes === -1 ? lines : lines.slice(0, dashes)).filter((line) => line !== '');
    if (commands.every((line) => line.startsWith('#'))) {
      told.push(commands.join('\n'));
      continue;
    }
    const output = commands.filter((line) => !line.startsWith('#')).flatMap((line) => teller.tell(line));
    told.push([...commands, '----', ...output].join('\n'));
  }
  await expect(`${told.filter((block) => block !== '').join('\n\n')}\n`).toMatchFileSnapshot(
    new URL(name, FOLDER).pathname,
  );
});
