// A coordinator that only listens to what it is told of pods, and sees the targets that it is not blind to.

import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startFake } from '../../cli/fakeCoordinator.ts';
import * as fixtures from '../../cli/fixtures.ts';
import { behaviourOf, note } from './events.ts';

/** How often it looks what it may see, in milliseconds. */
const LOOK_MS = 20;

const { values } = parseArgs({
  options: { listen: { type: 'string' }, 'port-file': { type: 'string' } },
  strict: false,
});
if (existsSync(process.env['FAKE_NO_COORDINATOR'] ?? '')) {
  process.stderr.write('the journal is damaged\n');
  process.exit(74);
}
const fake = await startFake(String(values.listen));
fake.picture = fixtures.partition({ name: 'site', targets: [] });
const unseen = new Set<string>();
fake.onReport = ({ target, podUid, phase, detail }) => {
  if (!isSeen(target)) unseen.add(target);
  const words = detail === '' ? '' : ` (${detail})`;
  note(`coordinator hears ${target} ${phase.replace('POD_PHASE_', '')} ${podUid}${words}`);
};
setInterval(() => {
  for (const target of [...unseen].filter((each) => behaviourOf(each).isUnseen !== true)) {
    unseen.delete(target);
    const view = fixtures.target(target);
    fake.picture = { ...fake.picture, targets: [...fake.picture.targets, view] };
    fake.tell({ target: view });
  }
}, LOOK_MS);
// Whole, as the real one does: a reader must not find an empty file.
writeFileSync(`${values['port-file']}.new`, fake.address);
renameSync(`${values['port-file']}.new`, String(values['port-file']));
note('coordinator began');
process.on('SIGTERM', () => {
  note('coordinator SIGTERM');
  process.exit(0);
});

function isSeen(name: string): boolean {
  return fake.picture.targets.some(({ target }) => target === name);
}
