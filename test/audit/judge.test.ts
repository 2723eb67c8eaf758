import { expect, test } from 'vitest';
import { judge } from './judge.ts';

const vulnerability = (severity: string) => ({ severity, range: '<1.2.3', via: [], nodes: [] });
const report = (vulnerabilities: object) => JSON.stringify({ auditReportVersion: 2, vulnerabilities });

test('high and critical are findings, what is less is not', () => {
  const said = report({
    a: vulnerability('moderate'),
    b: vulnerability('high'),
    c: vulnerability('critical'),
  });
  expect(judge(said)).toEqual({ kind: 'asked', findings: ['b <1.2.3: high', 'c <1.2.3: critical'] });
  expect(judge(report({}))).toEqual({ kind: 'asked', findings: [] });
});

test.each([
  ['', 'npm said nothing of use'],
  ['npm error audit endpoint returned an error', 'npm said nothing of use'],
  ['{"error": {"code": "ENOAUDIT", "summary": "offline"}}', 'offline'],
  ['{"message": "404 Not Found"}', '404 Not Found'],
])('no report is no finding: %j', (said, why) => {
  expect(judge(said)).toEqual({ kind: 'notAsked', why });
});
