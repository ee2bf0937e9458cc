import { invalidValue } from './errors';

const MOST = 2;
const SHORTEST = 16;
const LONGEST = 128;

/** "You are allowed up to two": API_ModifyUser. The length as hashicorp/terraform-provider-aws#24273 quotes the service. */
export function checkPasswords(passwords: readonly string[]): void {
  if (passwords.length < 1 || passwords.length > MOST) throw invalidValue(`A user must have between 1 and ${MOST} passwords.`);
  if (passwords.some(({ length }) => length < SHORTEST || length > LONGEST)) {
    throw invalidValue(`Passwords length must be between ${SHORTEST}-${LONGEST} characters.`);
  }
}
