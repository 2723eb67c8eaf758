import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { chartFiles } from '../../charts/generate/files.ts';
import { nodeOf } from '../../charts/generate/node.ts';
import { structural } from '../../charts/generate/structural.ts';
import { adapterSchema } from '../../coordinator/document/schema.ts';

test.each([...chartFiles()])('%s is what `npm run charts` writes', async (path, text) => {
  expect(await readFile(path, 'utf8')).toBe(text);
});

const structuralOf = (schema: z.ZodType) => structural(nodeOf(schema));

test('the forms of an adapter become one object, with a rule for the keys that each does not take', () => {
  const schema = structuralOf(adapterSchema);
  const adapters = ['grpc', 'http', 'child', 'exec'];
  expect(schema.properties?.['type']).toMatchObject({ type: 'string', enum: adapters });
  // A command is a request here and a list of words there.
  expect(schema.properties?.['command']).not.toHaveProperty('type');
  expect(schema.properties?.['silenceLimitMs']).toMatchObject({ type: 'integer' });
  const rules = schema['x-kubernetes-validations'] ?? [];
  expect(rules.map(({ message }) => /^with type (\w+) only/.exec(message)?.[1])).toEqual(adapters);
  expect(rules[0]?.rule).toMatch(
    /^!\(!has\(self.type\) \|\| self.type == 'grpc'\) \|\| !\(has\(self.success\)/,
  );
  expect(rules[2]?.rule).not.toContain('has(self.silenceLimitMs)');
});

test('what Go cannot read or say is refused when the charts are made, and never lost', () => {
  expect(() => structuralOf(z.string().regex(/^a(?=b)/))).toThrow('nothing stands for the pattern ^a(?=b)');
  expect(() => structuralOf(z.string().regex(/a/).regex(/b/))).toThrow(
    'two patterns for one string: a and b',
  );
  expect(() => nodeOf(z.int().multipleOf(2))).toThrow('multipleOf');
});

test('a value of two kinds is kept as it is, and a default is only told', () => {
  const schema = structuralOf(z.object({ either: z.union([z.string(), z.array(z.string())]).default('x') }));
  expect(schema.properties?.['either']).toEqual({
    description: 'Default: x.',
    'x-kubernetes-preserve-unknown-fields': true,
  });
});
