// What a test of the suite finds: made once before all of them, by globalSetup of the vitest project `cluster`.

import { existsSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { importImages } from './images.ts';
import { KUBECONFIG } from './places.ts';
import { type Progress, progressOnScreen } from './progress.ts';
import { IMAGE_NAMES, type ImageName, projectImages } from './projectImages.ts';
import { whatLacks } from './requirements.ts';
import { upWithAll } from './up.ts';

/** What the tests use, as plain data. */
export type Provided = {
  readonly kubeconfig: string;
  /** References of the images, as pods name them. */
  readonly images: Readonly<Partial<Record<ImageName, string>>>;
  /** True when the nodes are ours: kubelets and the API server may be killed. */
  readonly isOwn: boolean;
};

declare module 'vitest' {
  interface ProvidedContext {
    readonly cluster: Provided;
  }
}

/** Called by vitest; throws with all that is missing. */
export async function setup(project: TestProject): Promise<void> {
  project.provide('cluster', await provideCluster(progressOnScreen()));
}

/** The cluster that was given, else our own, started if it is not up. Throws with all that is missing. */
export async function provideCluster(tell: Progress): Promise<Provided> {
  const lacks = whatLacks();
  if (lacks.length > 0) throw new Error(lacks.join('\n'));
  return givenCluster() ?? ownCluster(tell);
}

/** The cluster of BATON_KUBECONFIG, with the images of BATON_IMAGES; undefined when none is given. */
function givenCluster(): Provided | undefined {
  const kubeconfig = process.env['BATON_KUBECONFIG'];
  if (kubeconfig === undefined || kubeconfig === '') return undefined;
  if (!existsSync(kubeconfig)) throw new Error(`BATON_KUBECONFIG: no file ${kubeconfig}`);
  const words = (process.env['BATON_IMAGES'] ?? '').split(',').filter((word) => word !== '');
  const images = Object.fromEntries(words.map((word) => splitAt(word, '=')));
  const missing = IMAGE_NAMES.filter((name) => images[name] === undefined);
  if (missing.length === 0) return { kubeconfig, images, isOwn: false };
  throw new Error(
    `BATON_IMAGES: want "node=IMAGE,coordinator=IMAGE,sidecar=IMAGE,daq=IMAGE" that the nodes of ${kubeconfig} ` +
      `can pull, got none for ${missing.join(', ')}`,
  );
}

async function ownCluster(tell: Progress): Promise<Provided> {
  await upWithAll(tell);
  const images = await projectImages(tell);
  await importImages(Object.values(images), tell);
  const references = Object.entries(images).map(([name, { reference }]) => [name, reference]);
  return { kubeconfig: KUBECONFIG, images: Object.fromEntries(references), isOwn: true };
}

function splitAt(word: string, sign: string): readonly [string, string] {
  const at = word.indexOf(sign);
  return at < 0 ? [word, ''] : [word.slice(0, at).trim(), word.slice(at + 1).trim()];
}
