import type { Programs } from '../up/setting.ts';

/** The first word by which the file of the package is a part of `baton up` and not the command. */
const WORDS = { coordinator: '--be-coordinator', sidecar: '--be-sidecar' } as const;

/** Which program the file of the package is, by its command line; undefined: the command itself. */
export function ownPart(argv: readonly string[]): keyof typeof WORDS | undefined {
  if (argv[2] === WORDS.coordinator) return 'coordinator';
  return argv[2] === WORDS.sidecar ? 'sidecar' : undefined;
}

/** How the command starts the other two from its own file. */
export function clientPrograms(node: string, file: string): Programs {
  const own = [node, file];
  return { coordinator: [...own, WORDS.coordinator], sidecar: [...own, WORDS.sidecar], baton: own };
}
