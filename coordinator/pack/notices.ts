import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Metafile } from 'esbuild';

const ROOT = resolve(import.meta.dirname, '../..');

/** `node_modules/@grpc/grpc-js` of a path below it. */
const PACKAGE = /^node_modules\/(?:@[^/]+\/)?[^/]+/;

const LICENCE_FILE = /^(licen[cs]e|copying|notice)/i;

/** The names and licences of the packages that a bundle holds, as their licences ask. */
export function noticesOf({ inputs }: Metafile): string {
  const folders = Object.keys(inputs).flatMap((path) => PACKAGE.exec(path)?.[0] ?? []);
  return [...new Set(folders)]
    .sort()
    .map(noticeOf)
    .join(`\n${'-'.repeat(72)}\n\n`);
}

function noticeOf(folder: string): string {
  const path = join(ROOT, folder);
  const { name, version, license }: { name: string; version: string; license: string } = JSON.parse(
    readFileSync(join(path, 'package.json'), 'utf8'),
  );
  const files = readdirSync(path).filter((file) => LICENCE_FILE.test(file));
  const texts = files.map((file) => readFileSync(join(path, file), 'utf8').trim());
  return `${[`${name} ${version} (${license})`, ...texts].join('\n\n')}\n`;
}
