import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { partitionJsonSchema } from '../../coordinator/document/schema.ts';
import { GOOD } from './documents.ts';

test('the JSON schema for editors is plain JSON and names the draft', () => {
  const schema = partitionJsonSchema();
  expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  expect(schema).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    required: ['apiVersion', 'kind', 'metadata', 'spec'],
    additionalProperties: false,
    properties: {
      spec: {
        required: ['machine', 'segments'],
        properties: {
          heartbeatInterval: { type: 'string', default: '1s' },
          segments: {
            items: {
              required: ['name', 'members'],
              properties: { members: { minimum: 1, maximum: 10_000 } },
            },
          },
        },
      },
    },
  });
});

test('an editor accepts the good documents and marks a misspelt key', async () => {
  const editor = z.fromJSONSchema(JSON.parse(JSON.stringify(partitionJsonSchema())));
  const daq: unknown = parse(await readFile('test/testdata/documents/daq.yaml', 'utf8'));
  expect(editor.safeParse(daq).error?.issues).toBeUndefined();
  expect(editor.safeParse(parse(GOOD)).success).toBe(true);
  for (const example of ['partition.yaml', 'http/partition.yaml', 'child/partition.yaml']) {
    const written: unknown = parse(await readFile(`test/example/${example}`, 'utf8'));
    expect(editor.safeParse(written).error?.issues).toBeUndefined();
  }
  expect(editor.safeParse(parse(GOOD.replace('members: 2', 'memebrs: 2'))).success).toBe(false);
  expect(editor.safeParse(parse(`${GOOD}  startup: { timeout: 30 }\n`)).success).toBe(false);
});
