import { createHash } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const idLength = 33;

// In V8, a string built by concatenation or slicing keeps its parts in memory. A string decoded from a buffer does
// not, which matters with a million ids.
const scratch = Buffer.alloc(idLength);

/** A file id in Drive's format (33 characters), derived only from `text`. */
export function idFromText(text: string): string {
  scratch[0] = 0x31;
  scratch.write(createHash('sha256').update(text).digest('base64url'), 1, idLength - 1, 'latin1');
  return scratch.toString('latin1');
}

/** A shared drive id in Drive's format: 19 characters, `0A...PVA`. */
export function sharedDriveIdFromText(text: string): string {
  return `0A${createHash('sha256').update(text).digest('base64url').slice(0, 14)}PVA`;
}

/** The MD5 checksum of a string or of bytes, in hexadecimal. */
export function md5Of(data: string | Uint8Array): string {
  return createHash('md5').update(data).digest('hex');
}

/** Generates a sequence of ids. The same seed gives the same sequence. */
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
    for (let i = 1; i < idLength; i++) {
      if (left < 6) {
        bits = this.nextInt();
        left = 30;
      }
      scratch[i] = alphabet.charCodeAt(bits & 63);
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
