import { expect, test } from 'vitest';
import { drawMermaid } from '../../protos/machine/draw.ts';
import { dune } from '../../protos/machine/dune.ts';
import { minimal } from '../../protos/machine/minimal.ts';
import { occ } from '../../protos/machine/occ.ts';

test.each([dune, occ])('$name is drawn with its run and its stop path', async (machine) => {
  await expect(drawMermaid(machine)).toMatchFileSnapshot(`../testdata/machine/${machine.name}.mmd`);
});

test("a state that is called like one of mermaid's words is drawn under another name", () => {
  const [idle, running] = minimal.states;
  if (!idle || !running) throw new Error('minimal has two states');
  const transitions = minimal.transitions.map((t) => ({
    ...t,
    from: t.from.map((state) => (state === 'running' ? 'end' : state)),
    ...(t.to === 'running' ? { to: 'end' } : {}),
  }));
  const picture = drawMermaid({ ...minimal, states: [idle, { ...running, name: 'end' }], transitions });
  expect(picture).toContain('  state "end" as end_\n');
  expect(picture).toContain('  idle --> end_ : start\n');
  expect(picture).not.toMatch(/ end( |$)/m);
});
