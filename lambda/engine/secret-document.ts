import { inspect } from 'node:util';
import { Credential } from './contract/credential';
import { RotationError } from './contract/errors';

/** What a service knows about where clients find it, by the keys of AWS's contract: `engine`, `host`, `port`, `dbname`. */
export type ConnectionFacts = Readonly<Record<string, string | number>>;

/**
 * The JSON of a secret, in the shape of AWS's own contract; unknown keys are kept.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
 */
export class SecretDocument {
  static parse(secretArn: string, versionId: string, text: string | undefined): SecretDocument {
    const where = `version ${versionId} of ${secretArn}`;
    if (text === undefined) throw malformed(`${where} is binary`);
    const fields = parseObject(text);
    if (fields === undefined) throw malformed(`${where} is not a JSON object`);
    const { username, password } = fields;
    if (typeof username !== 'string' || username === '') throw malformed(`${where} has no username`);
    if (typeof password !== 'string' || password === '') throw malformed(`${where} has no password`);
    return new SecretDocument(fields, username, password);
  }

  readonly credential: Credential;
  readonly #fields: Readonly<Record<string, unknown>>;

  private constructor(fields: Readonly<Record<string, unknown>>, username: string, password: string) {
    this.#fields = fields;
    this.credential = new Credential(username, password);
  }

  /** A copy for another credential, with the connection facts that the rotation itself knows. */
  with(credential: Credential, facts: ConnectionFacts): SecretDocument {
    const fields = { ...this.#fields, ...facts, username: credential.username, password: credential.password };
    return new SecretDocument(fields, credential.username, credential.password);
  }

  /** The names of the facts that this document states otherwise; a fact that it does not state is no difference. */
  differencesFrom(facts: ConnectionFacts): string[] {
    return Object.keys(facts).filter((key) => this.#fields[key] !== undefined && String(this.#fields[key]) !== String(facts[key]));
  }

  /** The secret string. The only way out for the password; never passed to anything but PutSecretValue. */
  toSecretString(): string {
    return JSON.stringify(this.#fields);
  }

  toJSON(): object {
    return this.credential.toJSON();
  }

  [inspect.custom](): string {
    return `SecretDocument(${this.credential.username})`;
  }
}

// The parser's own error quotes the text that it could not parse, so it is not passed on.
function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed as Record<string, unknown> : undefined;
  } catch {
    return undefined;
  }
}

function malformed(reason: string): RotationError {
  return new RotationError('SECRET_MALFORMED', reason, {
    remedy: 'Store a JSON object with at least `username` and `password` (AWS: "JSON structure of AWS Secrets Manager secrets"), or move AWSCURRENT back to a version that has them',
  });
}
