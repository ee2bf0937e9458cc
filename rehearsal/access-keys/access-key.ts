import { randomBytes, randomInt } from 'node:crypto';

export type Status = 'Active' | 'Inactive';

export interface Use {
  readonly at: Date;
  readonly serviceName: string;
  readonly region: string;
}

/** An access key, with all that happened to it. */
export class AccessKey {
  readonly id = identifier('AKIA');
  /** 40 characters, as AWS's are. */
  readonly secret = randomBytes(30).toString('base64');
  status: Status = 'Active';
  /** What is true; GetAccessKeyLastUsed may not know it yet. */
  lastUsed: Use | undefined;
  reportedUse: Use | undefined;

  /** `place`: in the order of creation. */
  constructor(readonly userName: string, readonly place: number, public createdAt: Date) {}

  isOlderThan(milliseconds: number, now: Date): boolean {
    return now.getTime() - this.createdAt.getTime() >= milliseconds;
  }

  age(milliseconds: number): void {
    this.createdAt = earlier(this.createdAt, milliseconds);
    this.lastUsed = this.lastUsed && { ...this.lastUsed, at: earlier(this.lastUsed.at, milliseconds) };
    this.reportedUse = this.lastUsed;
  }
}

/** The prefix and 16 characters of RFC 4648's base32. */
export function identifier(prefix: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return prefix + Array.from({ length: 16 }, () => alphabet[randomInt(alphabet.length)]).join('');
}

export function earlier(date: Date, milliseconds: number): Date {
  return new Date(date.getTime() - milliseconds);
}
