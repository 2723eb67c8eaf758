// What a code means to people. Each component has one table of them; ERRORS.md beside this file is made from
// the tables, with an example of each that the program itself has given.

/** Words for the shift crew on one code. */
export type Meaning = {
  /** What has happened, in one sentence. */
  readonly means: string;
  /** What is true now. */
  readonly now: string;
  /** What to do next. */
  readonly next: string;
};

/** A code of a program that may also end with it. */
export type Entry = Meaning & {
  /** Exit code of the program when it ends with it; absent: it goes on. */
  readonly exit?: number;
};
