/** The Firestore a run on this machine writes to: the first of three that is there. */
import { FirestoreServer } from '@firestore-emulator/server';
import { EmulatorMissing, startFirestoreEmulator } from './emulators.ts';
import { getFreePort } from './ports.ts';

export interface LocalFirestore {
  /** `HOST:PORT`, for FIRESTORE_EMULATOR_HOST. */
  host: string;
  /** What a person should know about it, in one sentence. */
  description: string;
  stop(): Promise<void>;
}

/**
 * Opens a local Firestore: the one FIRESTORE_EMULATOR_HOST names; else Google's emulator; else one in this process,
 * which is fit for a demonstration only.
 */
export async function openLocalFirestore(): Promise<LocalFirestore> {
  const given = process.env.FIRESTORE_EMULATOR_HOST;
  if (given) {
    return {
      host: given,
      description: `the emulator at ${given} (FIRESTORE_EMULATOR_HOST)`,
      stop: async () => {},
    };
  }
  try {
    const { host, stop } = await startFirestoreEmulator();
    return { host, description: `Google's emulator, started at ${host}`, stop };
  } catch (error) {
    if (!(error instanceof EmulatorMissing)) throw error;
    return startDemonstration(error.message);
  }
}

async function startDemonstration(why: string): Promise<LocalFirestore> {
  const server = new FirestoreServer();
  const port = await getFreePort();
  await server.start(port);
  return {
    host: `127.0.0.1:${port}`,
    description: `a demonstration in this process, whose preconditions and batches are not Firestore's: do not judge correctness by it. ${why}`,
    stop: async () => {
      await server.stop();
    },
  };
}
