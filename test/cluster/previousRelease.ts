// The release before this one in the cluster: its charts, and its images on the nodes.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { unpackPrevious } from '../previous.ts';
import { importImages } from './images.ts';
import type { Release } from './install.ts';
import type { Progress } from './progress.ts';
import { projectImages } from './projectImages.ts';

/** Builds what is not in the cache; its charts go when it is disposed of. Own cluster only. */
export async function previousRelease(tell: Progress): Promise<Release & Disposable> {
  using held = new DisposableStack();
  const { folder: root } = held.use(unpackPrevious());
  const images = await projectImages(tell, { root, filesOf: (paths) => paths.flatMap(filesIn(root)) });
  await importImages(Object.values(images), tell);
  const charts = held.move();
  return {
    charts: join(root, 'charts'),
    image: (name) => {
      const image = images[name];
      if (image === undefined) throw new Error(`the release before has no image ${name}`);
      return image.reference;
    },
    [Symbol.dispose]: () => charts.dispose(),
  };
}

/** Names, from the root, of all files below a path. */
function filesIn(root: string): (path: string) => readonly string[] {
  return (path) => {
    if (!existsSync(join(root, path))) return [];
    if (statSync(join(root, path)).isFile()) return [path];
    const entries = readdirSync(join(root, path), { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
  };
}
