import { checkAccessString } from './access-string';
import { Change } from './cache-user';
import { invalidCombination, invalidValue } from './errors';
import { checkPasswords } from './passwords';
import { Input } from '../secrets-manager/input';

/** What a request wants to change of a user with this access string, checked. */
export function changeIn(input: Input, accessString: string): Change {
  const change = { accessString: accessStringIn(input, accessString), passwords: passwordsIn(input) };
  if (change.accessString === undefined && change.passwords === undefined) throw invalidCombination('No modifications were requested');
  checkChange(change);
  return change;
}

export function checkChange({ accessString, passwords }: Change): void {
  if (accessString !== undefined) checkAccessString(accessString);
  if (passwords !== undefined) checkPasswords(passwords);
}

export function userIdIn(input: Input, name: string): string {
  const id = input.string(name);
  if (id === undefined || id === '') throw invalidValue(`The parameter ${name} must be provided.`);
  return id;
}

function accessStringIn(input: Input, present: string): string | undefined {
  const [whole, appended] = [input.string('AccessString'), input.string('AppendAccessString')];
  if (whole !== undefined && appended !== undefined) throw invalidCombination('AccessString and AppendAccessString cannot be used together.');
  return appended === undefined ? whole : `${present} ${appended}`;
}

function passwordsIn(input: Input): readonly string[] | undefined {
  const [plain, mode] = [listIn(input, 'Passwords'), input.object('AuthenticationMode')];
  const noPassword = String(input.scalar('NoPasswordRequired') ?? false) === 'true';
  if ([plain !== undefined, mode !== undefined, noPassword].filter(Boolean).length > 1) {
    throw invalidCombination('Only one of Passwords, NoPasswordRequired and AuthenticationMode can be given.');
  }
  if (noPassword || (mode !== undefined && mode.string('Type') !== 'password')) throw invalidValue('Users sign in with passwords only, here.');
  return mode === undefined ? plain : listIn(mode, 'Passwords') ?? [];
}

/** The Query protocol says an empty list by an empty text. */
function listIn(input: Input, name: string): readonly string[] | undefined {
  return input.scalar(name) === '' ? [] : input.strings(name);
}
