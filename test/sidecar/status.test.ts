import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { DETAILS_BYTES_MAX, decodeDetails, encodeDetails } from '../../protos/failure/details.ts';
import { fromStatus, toStatus } from '../../protos/failure/status.ts';
import { RunControlError, TROUBLE, type TroubleCode } from '../../protos/failure/trouble.ts';
import { SENTENCE_CHARACTERS_MAX } from '../../protos/sentence.ts';

const problems = [
  { path: 'transitions[2].timeoutMs', want: 'an integer in 1..10', got: '3000' },
  { path: 'name', want: 'a name', got: '"a, got b"' },
];

function received(error: RunControlError): ServiceError {
  return Object.assign(new Error('9 FAILED_PRECONDITION'), toStatus(error));
}

function bare(code: status): ServiceError {
  return Object.assign(new Error('bare'), { code, details: 'no such thing', metadata: new Metadata() });
}

test.each(Object.keys(TROUBLE) as TroubleCode[])('%s survives the way over gRPC', (code) => {
  const facts = { leader: '127.0.0.1:7400', pid: '17' };
  const told = fromStatus(received(new RunControlError(code, 'the builder is away', { problems, facts })));
  expect(told.facts).toEqual(facts);
  expect(told.code).toBe(code);
  expect(told.message).toBe('the builder is away');
  expect(told.problems).toEqual(problems);
  expect(told.retryable).toBe(TROUBLE[code].retryable);
});

test('the gRPC code follows the table', () => {
  expect(toStatus(new RunControlError('BUSY', 'x')).code).toBe(status.ABORTED);
  expect(toStatus(new RunControlError('MALFORMED', 'x')).code).toBe(status.INVALID_ARGUMENT);
});

test.each([
  [status.NOT_FOUND, 'UNKNOWN_ID'],
  [status.UNAVAILABLE, 'UNREACHABLE'],
  [status.DEADLINE_EXCEEDED, 'UNREACHABLE'],
  [status.UNAUTHENTICATED, 'NOT_ALLOWED'],
] as const)('a peer that is not Baton is understood by its code %i', (code, wanted) => {
  expect(fromStatus(bare(code)).code).toBe(wanted);
});

test('details that are no details leave the code of the status', () => {
  const error = bare(status.ABORTED);
  error.metadata.set('grpc-status-details-bin', Buffer.from('ffffffffffff', 'hex'));
  expect(fromStatus(error).code).toBe('BUSY');
});

test('more problems than fit are counted, not dropped in silence', () => {
  const many = Array.from({ length: 500 }, (_, at) => ({ path: `states[${at}]`, want: 'a name', got: '7' }));
  const bytes = encodeDetails({
    status: 3,
    sentence: 'é'.repeat(400),
    reason: 'MALFORMED',
    problems: many,
    facts: {},
  });
  expect(bytes.length).toBeLessThanOrEqual(DETAILS_BYTES_MAX);
  const told = decodeDetails(bytes)?.problems ?? [];
  expect(told.length).toBeGreaterThan(50);
  expect(told.at(-1)).toEqual({ path: '…', want: 'no more problems', got: `${500 - told.length + 1} more` });
});

test('the bytes are those of google.rpc.Status', () => {
  const bytes = encodeDetails({ status: 3, sentence: 'no', reason: 'MALFORMED', problems: [], facts: {} });
  // 1: varint 3, 2: "no", 3: Any(ErrorInfo).
  expect(bytes.subarray(0, 6).toString('hex')).toBe('080312026e6f');
  expect(bytes.includes('type.googleapis.com/google.rpc.ErrorInfo')).toBe(true);
});

test('a sentence that is cut in the middle of a character still travels', () => {
  const { details } = toStatus(new RunControlError('REFUSED', `x${'🙂'.repeat(SENTENCE_CHARACTERS_MAX)}`));
  expect(details).toHaveLength(SENTENCE_CHARACTERS_MAX);
  expect(() => encodeURI(details)).not.toThrow();
});
