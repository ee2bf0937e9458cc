import { createHash, createHmac, pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import type { StoredCredential } from '../../engine/contract/credential';
import { PasswordRejected, RotationError } from '../../engine/contract/errors';

/** What PostgreSQL uses unless `scram_iterations` (from version 16) says otherwise. */
export const DEFAULT_ITERATIONS = 4_096;

const SALT_BYTES = 16;
const KEY_BYTES = 32;
const PRINTABLE_ASCII = /^[\x20-\x7e]+$/;
const VERIFIER = /^SCRAM-SHA-256\$[1-9]\d{0,9}:[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$/;

export interface ScramParameters {
  readonly salt: Buffer;
  readonly iterations: number;
}

/** The keys of RFC 5802 section 3, from which everything else follows. */
export interface ScramKeys extends ScramParameters {
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}

/**
 * Printable ASCII is its own SASLprep form (RFC 4013). A verifier made here from anything else may differ from what
 * drivers compute when they sign in.
 */
export function isHashable(password: string): boolean {
  return PRINTABLE_ASCII.test(password);
}

export function assertHashable(password: string): void {
  if (isHashable(password)) return;
  throw new PasswordRejected('the new password is empty or has characters other than printable ASCII', {
    remedy: 'Rotate again: the next password is drawn anew',
  });
}

/** The same at each repetition of a step, so that it sends the same bytes; it tells nothing about the password. */
export function saltOf({ secretArn, versionId }: Omit<StoredCredential, 'credential'>): Buffer {
  return createHash('sha256').update(`${secretArn}\0${versionId}`).digest().subarray(0, SALT_BYTES);
}

export async function scramKeys(password: string, { salt, iterations }: ScramParameters): Promise<ScramKeys> {
  const salted = await promisify(pbkdf2)(password, salt, iterations, KEY_BYTES, 'sha256');
  const storedKey = createHash('sha256').update(hmac(salted, 'Client Key')).digest();
  return { salt, iterations, storedKey, serverKey: hmac(salted, 'Server Key') };
}

/** What the server proves with that it knows the password: `v=` of its last message (RFC 5802 section 3). */
export function serverSignature({ serverKey }: ScramKeys, authMessage: string): string {
  return hmac(serverKey, authMessage).toString('base64');
}

/** The form in which PostgreSQL stores a password: `rolpassword` of `pg_authid`. */
export function formatVerifier({ salt, iterations, storedKey, serverKey }: ScramKeys): string {
  const [s, stored, server] = [salt, storedKey, serverKey].map(bytes => bytes.toString('base64'));
  return `SCRAM-SHA-256$${iterations}:${s}$${stored}:${server}`;
}

export async function computeVerifier(password: string, parameters: ScramParameters): Promise<string> {
  assertHashable(password);
  const verifier = formatVerifier(await scramKeys(password, parameters));
  assertVerifier(verifier);
  return verifier;
}

/** PostgreSQL takes whatever does not look like a verifier for a password in plain text, and says nothing. */
export function assertVerifier(verifier: string): void {
  if (VERIFIER.test(verifier)) return;
  throw new RotationError('UNEXPECTED', 'the password verifier computed here is malformed and was not sent', {
    remedy: 'This is a defect of cdk-secret-rotation: please report it',
  });
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
