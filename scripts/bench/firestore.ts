/**
 * The Firestore that a benchmark runs on: Google's emulator, or an implementation with indexes
 * (indexed-firestore.ts).
 */
import { type Emulator, startFirestoreEmulator } from '../../functions/cli/local-runtime/emulators.ts';
import { startService } from './service.ts';

export const stores = ['emulator', 'indexed'] as const;
export type Store = (typeof stores)[number];

/** Up to this size a benchmark on the emulator takes minutes: it scans all documents for each page and each value. */
const mostOnEmulator = 10_000;

/** The default store for a library of this size. */
export function storeFor(books: number): Store {
  return books <= mostOnEmulator ? 'emulator' : 'indexed';
}

/** Starts an empty Firestore in its own process. */
export async function openFirestore(store: Store, indexedScript: string): Promise<Emulator> {
  if (store === 'emulator') return startFirestoreEmulator();
  const { facts, stop } = await startService<{ host: string }>(indexedScript);
  return { host: facts.host, stop };
}
