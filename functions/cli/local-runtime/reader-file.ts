import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildReader } from '../../bundle.ts';
import { CommandError } from '../shared/command-error.ts';

export interface ReaderFile {
  /** The path of the built reader. */
  file: string;
  remove(): void;
}

/**
 * Builds the reader of embedded metadata as the deployment does, because a worker thread starts from a file. The file is
 * removed when the process exits, if not before.
 *
 * @throws CommandError if the folder for temporary files cannot be written
 */
export async function openReaderFile(): Promise<ReaderFile> {
  let directory: string | undefined;
  function remove(): void {
    process.off('exit', remove);
    if (directory) rmSync(directory, { recursive: true, force: true });
  }
  process.on('exit', remove);
  try {
    directory = mkdtempSync(path.join(tmpdir(), 'catalog-sync-reader-'));
    return { file: await buildReader(directory), remove };
  } catch (error) {
    remove();
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new CommandError(`Cannot build the reader of embedded metadata in ${tmpdir()}: ${reason}`);
  }
}
