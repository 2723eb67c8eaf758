// The file of one run. During the run the truth is `.raw`, framed records that are appended batch by batch:
// what is in it survives the death of this process. HDF5 is written beside it as `.hdf5.part`, which nobody
// can read before it is closed. At the end the closed and flushed HDF5 file takes its name, and only then
// `.raw` goes.

import { closeSync, existsSync, fsyncSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import { runPaths } from '../run/names.ts';
import { encodeFrame } from '../wire/frame.ts';
import { encodeMessage, type RecordMessage } from '../wire/messages.ts';
import { countHdf5, Hdf5Writer } from './hdf5.ts';

export class RunFile {
  readonly #dataDir: string;
  readonly #paths: ReturnType<typeof runPaths>;
  readonly #raw: number;
  readonly #hdf5: Hdf5Writer;
  #batch: Buffer[] = [];
  #batchBytes = 0;
  /** Once it is there, `.raw` alone goes on. */
  #hdf5Trouble: RunControlError | undefined;

  private constructor(options: { dataDir: string; run: number; raw: number; hdf5: Hdf5Writer }) {
    this.#dataDir = options.dataDir;
    this.#paths = runPaths(options.dataDir, options.run);
    this.#raw = options.raw;
    this.#hdf5 = options.hdf5;
  }

  /** The first path of the run that is there already; undefined when none is. */
  static taken(dataDir: string, run: number): string | undefined {
    return Object.values(runPaths(dataDir, run)).find((path) => existsSync(path));
  }

  /** Makes the files of a run. Throws the file system's error or RunControlError STORAGE. */
  static async create(dataDir: string, run: number): Promise<RunFile> {
    const paths = runPaths(dataDir, run);
    const raw = openSync(paths.raw, 'ax');
    try {
      return new RunFile({ dataDir, run, raw, hdf5: await Hdf5Writer.create(paths.part, run) });
    } catch (error) {
      closeSync(raw);
      unlinkSync(paths.raw);
      throw error;
    }
  }

  /** Why there will be no HDF5 file, in one sentence; undefined while all is well. */
  get hdf5Trouble(): string | undefined {
    return this.#hdf5Trouble?.message;
  }

  get batchBytes(): number {
    return this.#batchBytes;
  }

  /** Takes a record into the batch; it is not safe before `flush`. */
  add(record: RecordMessage): void {
    const frame = encodeFrame(encodeMessage(record));
    this.#batch.push(frame);
    this.#batchBytes += frame.length;
    if (this.#hdf5Trouble !== undefined) return;
    try {
      this.#hdf5.add(record);
    } catch (error) {
      if (!(error instanceof RunControlError)) throw error;
      this.#hdf5Trouble = error;
    }
  }

  /** Appends the batch to `.raw`. Throws the file system's error, or RunControlError STORAGE when it was cut. */
  flush(): void {
    if (this.#batch.length === 0) return;
    const bytes = Buffer.concat(this.#batch);
    this.#batch = [];
    this.#batchBytes = 0;
    const written = writeSync(this.#raw, bytes);
    if (written === bytes.length) return;
    throw new RunControlError('STORAGE', `${this.#paths.raw} was cut while writing: is the disk full?`);
  }

  /**
   * Closes the run: afterwards the HDF5 file alone is there, and on the disk. Throws as `flush` does, and
   * RunControlError STORAGE when HDF5 failed: then `.raw` stays, whole.
   */
  finish(): void {
    const { raw, part, hdf5 } = this.#paths;
    this.flush();
    fsyncSync(this.#raw);
    closeSync(this.#raw);
    if (this.#hdf5Trouble !== undefined) throw this.#hdf5Trouble;
    this.#hdf5.close();
    fsyncPath(part);
    const counted = countHdf5(part);
    if (counted !== this.#hdf5.records) {
      const counts = `${counted} of ${this.#hdf5.records} records`;
      throw new RunControlError('STORAGE', `${part} has ${counts}; the truth stays in ${raw}`);
    }
    renameSync(part, hdf5);
    fsyncPath(this.#dataDir);
    unlinkSync(raw);
  }

  /** Lets go of the files as they are. */
  abandon(): void {
    closeSync(this.#raw);
  }
}

function fsyncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}
