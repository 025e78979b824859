/**
 * Starts one Firestore emulator for the whole test suite; every test uses its own project in it. Also builds the
 * embedded-metadata reader as it is built for deployment, because a worker thread starts from a file.
 */
import path from 'node:path';
import { buildReader } from '../../functions/bundle.ts';
import { startFirestoreEmulator } from '../../functions/cli/local-runtime/emulators.ts';

const cache = path.resolve(import.meta.dirname, '../../node_modules/.cache/reader');

export async function setup(): Promise<() => Promise<void>> {
  process.env.METADATA_SERVER_DETECTION = 'none';
  // The tests read the output of commands, so the color settings of this shell must not apply.
  for (const name of ['FORCE_COLOR', 'NO_COLOR']) delete process.env[name];
  process.env.TEST_READER_FILE = await buildReader(cache);
  if (process.env.FIRESTORE_EMULATOR_HOST) return async () => {};
  const emulator = await startFirestoreEmulator();
  process.env.FIRESTORE_EMULATOR_HOST = emulator.host;
  return emulator.stop;
}
