// How many requests the API server has counted, from its metrics.

import type { Site } from './site.ts';

export type Count = {
  /** `GET`, `LIST`, `WATCH`, `POST`, `PUT`, `PATCH`, `APPLY`, `DELETE`, … */
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly count: number;
};

/** apiserver_request_total by verb and resource, whatever the answer was. */
export async function requestCounts(site: Site): Promise<readonly Count[]> {
  const text = await site.kubectl('get', '--raw', '/metrics');
  const counts = new Map<string, Count>();
  for (const line of text.split('\n')) {
    const found = /^apiserver_request_total\{(.*)\} (\S+)$/.exec(line);
    if (found === null) continue;
    const label = labelsIn(found[1] ?? '');
    const key = { verb: label('verb'), group: label('group'), resource: label('resource') };
    const whole = { ...key, subresource: label('subresource') };
    const name = JSON.stringify(whole);
    counts.set(name, { ...whole, count: (counts.get(name)?.count ?? 0) + Number(found[2]) });
  }
  return [...counts.values()];
}

function labelsIn(text: string): (name: string) => string {
  const labels = new Map(
    [...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  );
  return (name) => labels.get(name) ?? '';
}
