import crypto from 'node:crypto';

/** Four bytes each, of a SHA-512. */
const NUMBERS_PER_BLOCK = 16;

/** The same draws in each run with the same seed, for all that draws any in this realm; and password hashing that is done at once. */
export class Randomness {
  private drawn = 0;
  private readonly blocks: Buffer[] = [];
  private readonly real = {
    random: Math.random, randomInt: crypto.randomInt, randomBytes: crypto.randomBytes, randomUUID: crypto.randomUUID, pbkdf2: crypto.pbkdf2,
  };

  constructor(private readonly seed: number) {}

  install(): void {
    Math.random = () => this.next();
    Object.assign(crypto, {
      randomInt: (end: number) => Math.floor(this.next() * end),
      randomBytes: (size: number) => Buffer.from(Array.from({ length: size }, () => Math.floor(this.next() * 256))),
      randomUUID: () => this.uuid(),
      // In a thread of its own it would end at any time.
      pbkdf2: (...[password, salt, iterations, length, digest, done]: Parameters<typeof crypto.pbkdf2>) =>
        done(null, crypto.pbkdf2Sync(password, salt, iterations, length, digest)),
    });
  }

  uninstall(): void {
    const { random, ...ofCrypto } = this.real;
    Math.random = random;
    Object.assign(crypto, ofCrypto);
  }

  /** At least 0 and less than 1. */
  private next(): number {
    const index = this.drawn++;
    const block = this.blocks[Math.floor(index / NUMBERS_PER_BLOCK)] ??= this.hash(Math.floor(index / NUMBERS_PER_BLOCK));
    return block.readUInt32BE((index % NUMBERS_PER_BLOCK) * 4) / 2 ** 32;
  }

  private hash(block: number): Buffer {
    return crypto.createHash('sha512').update(`${this.seed}/${block}`).digest();
  }

  private uuid(): string {
    const hex = Array.from({ length: 32 }, () => Math.floor(this.next() * 16).toString(16)).join('');
    return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20)].join('-');
  }
}
