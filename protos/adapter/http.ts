// What a document and a sidecar's configuration both say of the http adapter: how a process with an HTTP
// interface of its own is driven. Where it listens each says in its own way.

import { z } from 'zod';

const PATH_LENGTH_MAX = 2_048;
const POINTER_LENGTH_MAX = 256;
const TEXT_LENGTH_MAX = 1_024;
const CHOICES_MAX = 32;

const path = z
  .string({ error: 'a path such as /state' })
  .regex(/^\/[!-~]*$/, 'a path that begins with / and has no blanks')
  .max(PATH_LENGTH_MAX);

const pointer = z
  .string({ error: 'a JSON pointer such as /state' })
  .regex(/^(\/([^~/]|~[01])*)*$/, 'a JSON pointer such as /state')
  .max(POINTER_LENGTH_MAX);

const method = z.enum(['POST', 'PUT', 'PATCH', 'GET', 'DELETE']);

const headers = z.record(
  z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'the name of a header'),
  z
    .string({ error: 'a string (put it in quotes)' })
    .regex(/^[ -~]*$/, 'printable characters')
    .max(TEXT_LENGTH_MAX),
);

const STATUS_WANTED = 'a status in 200..599, or 2xx, 3xx, 4xx, 5xx';
const statuses = z
  .array(
    z.union([
      z.int({ error: STATUS_WANTED }).min(200, STATUS_WANTED).max(599, STATUS_WANTED),
      z.enum(['2xx', '3xx', '4xx', '5xx'], { error: STATUS_WANTED }),
    ]),
  )
  .min(1)
  .max(CHOICES_MAX);

const SCALAR_WANTED = 'a string, a number, true, false or null';
const scalar = z.union(
  [z.string().max(TEXT_LENGTH_MAX), z.number(), z.boolean(), z.null({ error: 'null' })],
  {
    error: SCALAR_WANTED,
  },
);

const bodyRule = z
  .strictObject({
    pointer,
    equals: z.union([scalar, z.array(scalar).min(1).max(CHOICES_MAX)], {
      error: `${SCALAR_WANTED}, or a list of them`,
    }),
  })
  .meta({ description: 'Holds when the value at the pointer is this, or one of these.' });

const answerRule = z.strictObject({ status: statuses.optional(), body: bodyRule.optional() });

const intervalMs = z.int().min(10).max(60_000);

const command = {
  method: method.optional(),
  path: path.optional(),
  headers: headers.optional(),
  body: z.unknown().optional().meta({
    description: 'Any JSON. "{arguments}", "{run}", "{transition}" … stand for what the request says.',
  }),
};

const completion = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('immediate') }),
    z.strictObject({
      type: z.literal('poll'),
      path: path.optional().meta({ description: 'Asked until it is done; without it the state is.' }),
      intervalMs: intervalMs.default(200),
      done: bodyRule.optional(),
      failed: bodyRule.optional(),
      job: pointer.optional().meta({ description: 'Where the first answer names the {job} of the path.' }),
      token: pointer.optional().meta({ description: 'Where a polled answer says whose it is.' }),
    }),
    z.strictObject({
      type: z.literal('callback'),
      header: z
        .string()
        .regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'the name of a header')
        .default('X-Baton-Callback')
        .meta({ description: 'Carries the URL to which the process sends its answer.' }),
      port: z.int().min(0).max(65_535).default(0).meta({
        description:
          'Where the sidecar listens on loopback. With a fixed one an answer outlives its restart.',
      }),
      done: bodyRule.prefault({ pointer: '/success', equals: true }),
    }),
  ])
  .prefault({ type: 'immediate' })
  .meta({ description: 'How the end of a transition is learnt.' });

const state = z.strictObject({
  path,
  pointer: pointer.default('/state'),
  map: z
    .record(z.string().max(TEXT_LENGTH_MAX), z.union([z.string(), z.array(z.string()).min(1)]))
    .optional()
    .meta({ description: 'Its own words to states of the machine; one word may stand for several.' }),
  busy: bodyRule.optional().meta({ description: 'Holds while a transition runs.' }),
  executed: pointer.optional().meta({ description: 'Where it echoes the token of what it executed last.' }),
  startId: pointer.optional().meta({ description: 'Where it names this life of the process.' }),
});

const health = z.strictObject({
  path,
  status: statuses.prefault(['2xx']),
  trouble: pointer.optional().meta({ description: 'Where a bad answer says what is wrong.' }),
  startId: pointer.optional().meta({ description: 'Where it names this life of the process.' }),
});

/** The keys of the http adapter but for `type` and where the process is. Defaults may be parsed again. */
export const httpShape = {
  command: z.strictObject(command).prefault({}).meta({ description: 'What is sent for each transition.' }),
  transitions: z
    .record(z.string(), z.strictObject({ ...command, skip: z.literal(true).optional() }))
    .default({})
    .meta({ description: 'By transition, or recover: what differs. skip: the process takes no part in it.' }),
  success: answerRule
    .extend({ status: statuses.prefault(['2xx']) })
    .prefault({})
    .meta({ description: 'An answer that says: done, or accepted.' }),
  refused: answerRule.optional().meta({ description: 'An answer that says: nothing was begun.' }),
  cause: pointer.default('/error').meta({ description: 'Where an answer says why.' }),
  completion,
  state: state.optional().meta({ description: 'Where the process tells its state.' }),
  health: health.optional().meta({ description: 'Where the process tells whether it is well.' }),
  giveUp: z
    .strictObject({ method: method.default('POST'), path })
    .optional()
    .meta({
      description: 'Asks for the end of a transition that runs.',
    }),
  lookIntervalMs: intervalMs.default(500).meta({ description: 'Between two looks at the process.' }),
};

const httpSchema = z.strictObject(httpShape);
export type HttpSettings = z.output<typeof httpSchema>;
export type AnswerRule = z.output<typeof answerRule>;
export type BodyRule = z.output<typeof bodyRule>;
export type Completion = HttpSettings['completion'];
export type CommandSettings = HttpSettings['command'];
