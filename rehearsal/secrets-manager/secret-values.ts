import { invalidParameter, invalidRequest, validation } from './errors';
import { Input } from './input';
import { SecretValue } from './secret';

const LARGEST_VALUE_BYTES = 65_536;
const SHORTEST_TOKEN = 32;
const LONGEST_TOKEN = 64;

/** The value in a request, if it has one. */
export function valueIn(input: Input): SecretValue | undefined {
  const [secretString, secretBinary] = [input.string('SecretString'), input.string('SecretBinary')];
  if (secretString !== undefined && secretBinary !== undefined) {
    throw invalidParameter("You can't specify both a binary secret value and a string secret value in the same secret.");
  }
  if (secretString === undefined && secretBinary === undefined) {
    return undefined;
  }
  const value = { secretString, secretBinary };
  checkSize(value);
  return value;
}

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html: 65,536 bytes */
export function checkSize({ secretString, secretBinary }: SecretValue): void {
  const bytes = secretString === undefined ? Buffer.from(secretBinary ?? '', 'base64').length : Buffer.byteLength(secretString);
  if (bytes > LARGEST_VALUE_BYTES) {
    const member = secretString === undefined ? 'secretBinary' : 'secretString';
    throw validation(`1 validation error detected: Value at '${member}' failed to satisfy constraint: `
      + `Member must have length less than or equal to ${LARGEST_VALUE_BYTES}`);
  }
}

export function sameValue(one: SecretValue | undefined, other: SecretValue | undefined): boolean {
  return one?.secretString === other?.secretString && one?.secretBinary === other?.secretBinary;
}

/**
 * SDKs fill the token in; a raw request without one is refused: recorded against AWS by localstack/localstack,
 * `test_no_client_request_token`, where RotateSecret's error differs from the others'.
 */
export function tokenIn(input: Input, missing: 'InvalidRequestException' | 'InvalidParameterException' = 'InvalidRequestException'): string {
  const token = input.string('ClientRequestToken');
  if (token === undefined || token === '') {
    const refuse = missing === 'InvalidRequestException' ? invalidRequest : invalidParameter;
    throw refuse('You must provide a ClientRequestToken value. We recommend a UUID-type value.');
  }
  checkToken(token);
  return token;
}

export function checkToken(token: string): void {
  if (token.length < SHORTEST_TOKEN || token.length > LONGEST_TOKEN) {
    throw invalidParameter(`ClientRequestToken must be ${SHORTEST_TOKEN}-${LONGEST_TOKEN} characters long.`);
  }
}
