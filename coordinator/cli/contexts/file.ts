import { join } from 'node:path';

/** The contexts file: BATON_CONTEXTS, else where a person's configuration is kept; undefined: nowhere. */
export function contextsFile(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const { BATON_CONTEXTS: named = '', XDG_CONFIG_HOME: configuration = '', HOME: home = '' } = environment;
  if (named !== '') return named;
  const folder = configuration || (home === '' ? '' : join(home, '.config'));
  return folder === '' ? undefined : join(folder, 'baton', 'contexts.yaml');
}
