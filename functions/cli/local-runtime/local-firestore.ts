/** The Firestore that a run on this machine writes to: the first available of three. */
import { FirestoreServer } from '@firestore-emulator/server';
import { EmulatorMissing, startFirestoreEmulator } from './emulators.ts';
import { getFreePort } from './ports.ts';

export interface LocalFirestore {
  /** `HOST:PORT`, for FIRESTORE_EMULATOR_HOST. */
  host: string;
  /** What it is, in words for a person. */
  description: string;
  stop(): Promise<void>;
}

/**
 * Opens a local Firestore: the one that FIRESTORE_EMULATOR_HOST names, else Google's emulator, else a server in this
 * process that is good enough for a demonstration only.
 */
export async function openLocalFirestore(): Promise<LocalFirestore> {
  const given = process.env.FIRESTORE_EMULATOR_HOST;
  if (given) {
    return {
      host: given,
      description: `emulator at ${given} (FIRESTORE_EMULATOR_HOST)`,
      stop: async () => {},
    };
  }
  try {
    const { host, stop } = await startFirestoreEmulator();
    return { host, description: `Google's emulator at ${host}`, stop };
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
    description: `demonstration server in this process. Its preconditions and batches differ from Firestore's, so do not use it to judge correctness. ${why}`,
    stop: async () => {
      await server.stop();
    },
  };
}
