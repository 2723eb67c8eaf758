// What `baton up` writes for people and for the worst case, on a disk that is full: a run is worth more.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openLedger } from '../../coordinator/up/ledger.ts';
import { openLog } from '../../coordinator/up/logfile.ts';
import { smallDisk, whyNoDisk } from './smallDisk.ts';

const DISK_BYTES = 131_072;

describe.skipIf(whyNoDisk() !== undefined)('baton up on a full disk', () => {
  test('a log counts what it cannot take, and says so once there is room', () => {
    using disk = smallDisk(DISK_BYTES);
    const path = disk.file('x.log');
    using log = openLog(path);
    disk.fill();
    log.write('x'.repeat(10_000));
    log.write('last words\n');
    expect(log.lastLines().at(-1)).toMatch(/last words$/);
    disk.free();
    log.write('after\n');
    const text = readFileSync(path, 'utf8');
    const told = /^x*\n---- (\d+) bytes could not be written here\nafter\n$/.exec(text)?.[1];
    expect(Number(told) + text.indexOf('\n')).toBe(10_011);
  });

  test('the list of the started is told to be behind, once, and catches up', () => {
    using disk = smallDisk(DISK_BYTES);
    const told: string[] = [];
    const ledger = openLedger(disk.file('started.json'), (words) => told.push(words));
    disk.fill();
    for (const pid of [1, 2]) ledger.began({ pid, startTime: '1', name: `readout-${pid}` });
    expect(told).toEqual([expect.stringMatching(/started\.json cannot be written \(ENOSPC.*a kill -9 of/)]);
    disk.free();
    ledger.ended({ pid: 1, startTime: '1' });
    const { started } = JSON.parse(readFileSync(disk.file('started.json'), 'utf8'));
    expect(started).toEqual([{ pid: 2, startTime: '1', name: 'readout-2' }]);
    expect(told).toHaveLength(1);
  });
});
