// Charts rendered by the real helm: the objects that a release would have, or why it would have none.

import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { pathOf } from '../binaries.ts';
import { run } from '../run.ts';

/** A Kubernetes object, as far as the tests look without saying more. */
export const objectSchema = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
});
export type KubernetesObject = z.output<typeof objectSchema>;

/** Values of a chart, over its defaults. */
export type Values = Readonly<Record<string, unknown>>;

/** Release and namespace of all that is rendered here. */
export const RELEASE = 'daq';
export const NAMESPACE = 'physics';

/** All objects of the chart in that folder of charts/. Throws Error with helm's words when there are none. */
export async function render(chart: string, values: Values = {}): Promise<readonly KubernetesObject[]> {
  const args = ['template', RELEASE, `charts/${chart}`, '--namespace', NAMESPACE, '--values', '-'];
  const text = await run(pathOf('helm'), args, { input: JSON.stringify(values) });
  return parseAllDocuments(text)
    .map((document): unknown => document.toJS())
    .filter((object) => object !== null)
    .map((object) => objectSchema.parse(object));
}

/** Why a chart with these values cannot be rendered, in helm's words. Throws Error when it can. */
export async function refusal(chart: string, values: Values): Promise<string> {
  const rendered = await render(chart, values).catch((error: unknown) => error);
  if (rendered instanceof Error) return rendered.message;
  throw new Error(`${chart} can be rendered with these values`);
}

/** The object of that kind and name. Throws Error with what there is instead. */
export function objectNamed(
  objects: readonly KubernetesObject[],
  kind: string,
  name: string,
): KubernetesObject {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found !== undefined) return found;
  throw new Error(`no ${kind} ${name} among ${objects.map((each) => `${each.kind} ${each.metadata.name}`)}`);
}

/** Every value of a key, however deep, with its path. */
export function* valuesOf(
  key: string,
  node: unknown,
  path: readonly string[] = [],
): Generator<readonly [string, unknown]> {
  if (typeof node !== 'object' || node === null) return;
  for (const [name, child] of Object.entries(node)) {
    if (name === key) yield [[...path, name].join('.'), child];
    yield* valuesOf(key, child, [...path, name]);
  }
}
