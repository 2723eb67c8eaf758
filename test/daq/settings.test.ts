import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { problemLine, RunControlError } from '../../protos/failure/trouble.ts';
import { faultsNow } from './process/faults.ts';
import { parseSettings } from './run/settings.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'daq-settings-')));
afterAll(() => rmSync(folder, { recursive: true }));

function problemsOf(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof RunControlError) return error.problems.map(problemLine);
    throw error;
  }
  return [];
}

describe('arguments', () => {
  it('become settings, with a name and defaults', () => {
    const argv = ['readout', '--ordinal', '2', '--port', '0', '--data-dir', folder, '--fault', 'conf=slow:5'];
    expect(parseSettings(argv)).toMatchObject({
      role: 'readout',
      name: 'readout-2',
      port: 0,
      dataDir: folder,
      readouts: 4,
      triggerRateHz: 100,
      faults: { conf: { kind: 'slow', ms: 5 } },
    });
  });

  it('are refused with all problems at once', () => {
    const argv = [
      'reader',
      '--ordinal',
      '-1',
      '--credits',
      'many',
      '--fault',
      'conf=slow',
      '--fault',
      'stop=melt',
    ];
    expect(problemsOf(() => parseSettings(argv.map((each) => (each === '-1' ? '1.5' : each))))).toEqual([
      'role: want trigger or readout or builder or writer, got reader',
      '--ordinal: want an integer in 0..99999, got 1.5',
      '--port: want an integer in 0..65535, got nothing',
      '--credits: want an integer in 1..10000, got many',
      '--fault: want transition=kind, e.g. conf=slow:500 or stop=hang, got conf=slow',
      '--fault: want transition=kind, e.g. conf=slow:500 or stop=hang, got stop=melt',
      '--data-dir: want a folder, got nothing',
    ]);
  });

  it('name the hosts of peers by role and ordinal, with a port on which this process listens too', () => {
    const argv = ['readout', '--port', '0', '--data-dir', folder];
    const places = ['--data-listen', '0.0.0.0:7410', '--peers', 'daq-{role}-{ordinal}.daq-{role}:7410'];
    expect(parseSettings([...argv, ...places])).toMatchObject({
      dataListen: { host: '0.0.0.0', port: 7410 },
      peers: 'daq-{role}-{ordinal}.daq-{role}:7410',
    });
    expect(problemsOf(() => parseSettings([...argv, '--peers', 'daq-{role}:0']))).toEqual([
      '--data-listen: want host:port with a port, as --peers is given, got 127.0.0.1:0',
      '--peers: want host:port with {role} and {ordinal}, e.g. daq-{role}-{ordinal}.daq-{role}:7410, got daq-{role}:0',
    ]);
  });

  it('that nobody knows are refused', () => {
    expect(problemsOf(() => parseSettings(['trigger', '--speed', '9'])).join()).toContain('--speed');
  });
});

describe('the file of faults', () => {
  const path = join(folder, 'faults.json');
  const given = { stop: { kind: 'hang' } } as const;

  it('is not needed', () => {
    expect(faultsNow({ given, path: undefined })).toBe(given);
    expect(faultsNow({ given, path: join(folder, 'none.json') })).toBe(given);
  });

  it('is read anew and stands over the arguments', () => {
    writeFileSync(path, '{"stop":{"kind":"crash"},"conf":{"kind":"slow","ms":3}}');
    expect(faultsNow({ given, path })).toEqual({ stop: { kind: 'crash' }, conf: { kind: 'slow', ms: 3 } });
    writeFileSync(path, '{}');
    expect(faultsNow({ given, path })).toEqual(given);
  });

  it('is refused with all problems and where they are', () => {
    writeFileSync(path, '{"stop":{"kind":"melt"},"conf":{"kind":"slow","ms":-3}}');
    const problems = problemsOf(() => faultsNow({ given, path }));
    expect(problems).toHaveLength(2);
    expect(problems[0]).toContain(`${path} stop.kind`);
    expect(problems[1]).toContain(`${path} conf.ms`);
    writeFileSync(path, '{');
    expect(() => faultsNow({ given, path })).toThrow('is no JSON');
  });
});
