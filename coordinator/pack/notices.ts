import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Metafile } from 'esbuild';
import { type Package, packagesOf } from './packages.ts';

const ROOT = resolve(import.meta.dirname, '../..');

const LICENCE_FILE = /^(licen[cs]e|copying|notice)/i;

/** The names and licences of the packages that a bundle holds, as their licences ask. */
export function noticesOf(metafile: Metafile): string {
  return packagesOf(metafile)
    .map(noticeOf)
    .join(`\n${'-'.repeat(72)}\n\n`);
}

function noticeOf({ folder, name, version, license }: Package): string {
  const path = join(ROOT, folder);
  const files = readdirSync(path).filter((file) => LICENCE_FILE.test(file));
  const texts = files.map((file) => readFileSync(join(path, file), 'utf8').trim());
  return `${[`${name} ${version} (${license})`, ...texts].join('\n\n')}\n`;
}
