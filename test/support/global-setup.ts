/**
 * One Firestore emulator for the whole suite, every test takes a project of its own in it; and the reader of embedded
 * metadata, built as for the deployment, because a thread starts from a file.
 */
import path from 'node:path';
import { buildReader } from '../../functions/bundle.ts';
import { startFirestoreEmulator } from '../../functions/cli/local-runtime/emulators.ts';

const cache = path.resolve(import.meta.dirname, '../../node_modules/.cache/reader');

export async function setup(): Promise<() => Promise<void>> {
  process.env.METADATA_SERVER_DETECTION = 'none';
  // The tests read what commands print, and a person's own wish for colours is not their matter.
  for (const name of ['FORCE_COLOR', 'NO_COLOR']) delete process.env[name];
  process.env.TEST_READER_FILE = await buildReader(cache);
  if (process.env.FIRESTORE_EMULATOR_HOST) return async () => {};
  const emulator = await startFirestoreEmulator();
  process.env.FIRESTORE_EMULATOR_HOST = emulator.host;
  return emulator.stop;
}
