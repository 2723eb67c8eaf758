// A coordinator that only listens to what it is told of pods.

import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startFake } from '../../cli/fakeCoordinator.ts';
import { note } from './events.ts';

const { values } = parseArgs({
  options: { listen: { type: 'string' }, 'port-file': { type: 'string' } },
  strict: false,
});
if (existsSync(process.env['FAKE_NO_COORDINATOR'] ?? '')) {
  process.stderr.write('the journal is damaged\n');
  process.exit(74);
}
const fake = await startFake(String(values.listen));
fake.onReport = ({ target, podUid, phase, detail }) => {
  const words = detail === '' ? '' : ` (${detail})`;
  note(`coordinator hears ${target} ${phase.replace('POD_PHASE_', '')} ${podUid}${words}`);
};
// Whole, as the real one does: a reader must not find an empty file.
writeFileSync(`${values['port-file']}.new`, fake.address);
renameSync(`${values['port-file']}.new`, String(values['port-file']));
note('coordinator began');
process.on('SIGTERM', () => {
  note('coordinator SIGTERM');
  process.exit(0);
});
