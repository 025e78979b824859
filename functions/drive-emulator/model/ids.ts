import { createHash } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const ID_LENGTH = 33;

// Strings made by concatenation or slicing keep their parts alive in V8; one buffer gives flat strings, which
// matters with a million ids.
const scratch = Buffer.alloc(ID_LENGTH);

/** A file id that looks like Drive's (33 characters) and depends on `text` alone. */
export function idFromText(text: string): string {
  scratch[0] = 0x31;
  scratch.write(createHash('sha256').update(text).digest('base64url'), 1, ID_LENGTH - 1, 'latin1');
  return scratch.toString('latin1');
}

/** A shared drive's id, as Drive makes them: 19 characters, `0A...PVA`. */
export function sharedDriveIdFromText(text: string): string {
  return `0A${createHash('sha256').update(text).digest('base64url').slice(0, 14)}PVA`;
}

/** The md5 checksum, in hexadecimal, of a text or of bytes. */
export function md5Of(data: string | Uint8Array): string {
  return createHash('md5').update(data).digest('hex');
}

/** Makes one id after another; the same seed gives the same ids in the same order. */
export class IdSource {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(seed: string) {
    const digest = createHash('sha256').update(seed).digest();
    this.#a = digest.readInt32LE(0);
    this.#b = digest.readInt32LE(4);
    this.#c = digest.readInt32LE(8);
    this.#d = digest.readInt32LE(12) | 1;
  }

  /** The next id: 33 characters, starting with `1`. */
  next(): string {
    scratch[0] = 0x31;
    let bits = 0;
    let left = 0;
    for (let i = 1; i < ID_LENGTH; i++) {
      if (left < 6) {
        bits = this.nextInt();
        left = 30;
      }
      scratch[i] = ALPHABET.charCodeAt(bits & 63);
      bits >>>= 6;
      left -= 6;
    }
    return scratch.toString('latin1');
  }

  /** The next pseudo-random unsigned 32-bit integer (sfc32). */
  nextInt(): number {
    const t = (this.#a + this.#b + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + t;
    return t >>> 0;
  }
}
