import { inspect, isDeepStrictEqual } from 'node:util';
import { Credential } from './contract/credential';
import { RotationError } from './contract/errors';
import type { SecretFields } from '../../service';

/** What a service knows about where clients find it, by the keys of AWS's contract: `engine`, `host`, `port`, `dbname`. */
export type ConnectionFacts = SecretFields;

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
    return new SecretDocument(where, fields);
  }

  readonly #fields: SecretFields;

  private constructor(private readonly where: string, fields: SecretFields) {
    this.#fields = fields;
  }

  /** For the strategies whose credential is a user's password; throws when there is none. */
  get credential(): Credential {
    const { username, password } = this.#fields;
    if (typeof username !== 'string' || username === '') throw malformed(`${this.where} has no username`);
    if (typeof password !== 'string' || password === '') throw malformed(`${this.where} has no password`);
    return new Credential(username, password);
  }

  /** The members, for the service that they are of: secret. Never logged, never stored but by PutSecretValue. */
  get fields(): SecretFields {
    return this.#fields;
  }

  /** A copy for another credential, with the connection facts that the rotation itself knows. */
  with(credential: SecretFields, facts: ConnectionFacts): SecretDocument {
    return new SecretDocument(this.where, { ...this.#fields, ...facts, ...credential });
  }

  /** The names of the facts that this document states otherwise; a fact that it does not state is no difference. */
  differencesFrom(facts: ConnectionFacts): string[] {
    return Object.keys(facts).filter((key) => this.#fields[key] !== undefined && plain(this.#fields[key]) !== plain(facts[key]));
  }

  equals(other: SecretDocument): boolean {
    return isDeepStrictEqual(this.#fields, other.#fields);
  }

  /** The secret string. Never passed to anything but PutSecretValue. */
  toSecretString(): string {
    return JSON.stringify(this.#fields);
  }

  toJSON(): object {
    return { version: this.where };
  }

  [inspect.custom](): string {
    return `SecretDocument(${this.where})`;
  }
}

/** A port may be written as a text. What is neither text nor number equals no fact. */
function plain(value: unknown): unknown {
  return typeof value === 'number' ? String(value) : value;
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
    remedy: 'Store a JSON object with the members that clients of the service expect, at least `username` and `password` for a user (AWS: "JSON structure of AWS Secrets Manager secrets"), or move AWSCURRENT back to a version that has them',
  });
}
