/** The Firestore a bench runs on: Google's emulator, or one with indexes (indexed-firestore.ts). */
import { type Emulator, startFirestoreEmulator } from '../../functions/cli/local-runtime/emulators.ts';
import { startService } from './service.ts';

export const stores = ['emulator', 'indexed'] as const;
export type Store = (typeof stores)[number];

/** Up to here a bench on the emulator, which walks over all documents for each page and each value, takes minutes. */
const mostOnEmulator = 10_000;

/** The store for a library of this size, where none is asked for. */
export function storeFor(books: number): Store {
  return books <= mostOnEmulator ? 'emulator' : 'indexed';
}

/** Starts an empty Firestore in a process of its own. */
export async function openFirestore(store: Store, indexedScript: string): Promise<Emulator> {
  if (store === 'emulator') return startFirestoreEmulator();
  const { facts, stop } = await startService<{ host: string }>(indexedScript);
  return { host: facts.host, stop };
}
