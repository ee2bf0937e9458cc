import { inspect } from 'node:util';

/** A username and its password; the password never shows when the object is printed or serialised. */
export class Credential {
  readonly #password: string;

  constructor(readonly username: string, password: string) {
    this.#password = password;
  }

  get password(): string {
    return this.#password;
  }

  toJSON(): { username: string } {
    return { username: this.username };
  }

  [inspect.custom](): string {
    return `Credential(${this.username})`;
  }
}

/**
 * A credential together with the version that stores it. Services derive what must be the same at each
 * repetition of a step (the salt of a password verifier) from `versionId` and the secret's ARN.
 */
export interface StoredCredential {
  readonly credential: Credential;
  readonly secretArn: string;
  readonly versionId: string;
}
