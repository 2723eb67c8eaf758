import { expect, test } from 'vitest';
import { createMetrics } from '../../../coordinator/cluster/http/metrics.ts';
import { serveHttp } from '../../../coordinator/cluster/http/server.ts';

test('probes and metrics', async () => {
  let why: string | undefined;
  const metrics = createMetrics(() => ({ isLeader: true, led: [], unled: 2 }));
  await using server = await serveHttp({ listen: '127.0.0.1:0', unready: () => why, metrics });
  const ask = async (path: string, method = 'GET'): Promise<readonly [number, string]> => {
    const response = await fetch(`http://${server.address}${path}`, { method });
    return [response.status, await response.text()];
  };
  expect(await ask('/livez')).toEqual([200, 'live\n']);
  expect(await ask('/startupz')).toEqual([200, 'it listens\n']);
  expect(await ask('/readyz?verbose')).toEqual([200, 'ready\n']);
  why = 'it is being stopped';
  expect(await ask('/readyz')).toEqual([503, 'it is being stopped\n']);
  expect(await ask('/nothing')).toEqual([404, '/nothing is none of /livez, /readyz, /startupz, /metrics\n']);
  expect(await ask('/livez', 'POST')).toEqual([405, '/livez takes GET, not POST\n']);
  const [, text] = await ask('/metrics');
  expect(text).toContain('baton_coordinator_leader 1');
  expect(text).toContain('baton_partitions_not_led 2');
});

test('what cannot be listened on is told', async () => {
  const metrics = { contentType: '', render: async () => '' };
  await using server = await serveHttp({ listen: '127.0.0.1:0', unready: () => undefined, metrics });
  const again = serveHttp({ listen: server.address, unready: () => undefined, metrics });
  await expect(again).rejects.toMatchObject({ code: 'UNREACHABLE' });
});
