import { expect, test } from 'vitest';
import { needOf } from '../../../coordinator/api/verbs.ts';
import { v1 } from '../../../protos/load.ts';

const methods = Object.keys(v1.Coordinator.service);

test.each(methods)('it is said what %s needs', (method) => {
  expect(['view', 'operate', 'force', 'known']).toContain(needOf(method, {}));
});

test('what is not in the table is for nobody, whatever it is called', () => {
  for (const method of ['Erase', 'constructor', '__proto__', 'toString', '']) {
    expect(needOf(method, {})).toBeUndefined();
  }
});

test('each request that needs a verb says for which partition', () => {
  const withoutPartition = methods.filter((method) => {
    const definition = Reflect.get(v1.Coordinator.service, method);
    const sent = definition.requestSerialize({ partition: 'a/b' });
    return definition.requestDeserialize(sent).partition !== 'a/b';
  });
  expect(withoutPartition).toEqual(['ListPartitions']);
});

test.each([
  [{ transition: 'start' }, 'operate'],
  [{ sequence: 'start_run' }, 'operate'],
  [{ goTo: 'idle' }, 'operate'],
  [{ recover: { targets: [] } }, 'operate'],
  [{ adopt: { targets: [] } }, 'force'],
  [{ declareGone: { targets: ['readout-1'] } }, 'force'],
  // One of a later release.
  [{}, 'force'],
])('as it comes over the wire, %j needs %s', (command, need) => {
  const { requestSerialize, requestDeserialize } = v1.Coordinator.service.Submit;
  expect(needOf('Submit', requestDeserialize(requestSerialize({ command })))).toBe(need);
});
