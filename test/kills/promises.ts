import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { KillRig } from './kill-rig';
import { Login } from '../support/postgres';

/** What no instant of a rotation may break, by what the server stores; returns what is broken. */
export async function brokenNow(rig: KillRig): Promise<string[]> {
  if (rig.strategy === 'single-user') return await storedUnderLabel(rig) ? [] : ['the password in force is in no version with a label'];
  if (rig.strategy === 'superuser') return [];
  const broken: string[] = [];
  for (const [what, login] of inUse(rig)) {
    if (!await isInForce(rig, login)) broken.push(`${what} is not in force`);
  }
  return broken;
}

/** The same, by signing in as clients do. */
export async function refusedNow(rig: KillRig): Promise<string[]> {
  const broken = rig.strategy === 'alternating-users' ? await refusals(rig, inUse(rig)) : [];
  return [...broken, ...await brokenNow(rig)];
}

/** What must hold once a rotation is over; returns what is broken. */
export async function brokenAtTheEnd(rig: KillRig): Promise<string[]> {
  const { AWSCURRENT, AWSPENDING } = rig.snapshot.labels;
  const labels = rig.strategy === 'alternating-users' ? ['AWSCURRENT', 'AWSPREVIOUS'] : ['AWSCURRENT'];
  return [
    ...await refusals(rig, labels.map(label => [label, rig.labelled(label)])),
    ...AWSPENDING === undefined || AWSPENDING === AWSCURRENT ? [] : ['AWSPENDING is left behind'],
    ...rig.strategy !== 'single-user' || await storedUnderLabel(rig) ? [] : ['the password in force is in no version with a label'],
    ...leaks(rig) ? ['a password is in the output'] : [],
  ];
}

type Named = readonly [what: string, login: Login | undefined];

/** From the first promotion on, for before it the users do not exist: AWSCURRENT, and the copy of a client that read the secret before this rotation. */
function inUse(rig: KillRig): Named[] {
  if (rig.snapshot.labels.AWSPREVIOUS === undefined) return [];
  return [['AWSCURRENT', rig.labelled('AWSCURRENT')], ['the copy that clients had when the rotation began', rig.copyAtTheBeginning]];
}

async function refusals(rig: KillRig, logins: readonly Named[]): Promise<string[]> {
  const refused: string[] = [];
  for (const [what, login] of logins) {
    const answer = login === undefined ? 'no value' : await rig.postgres.trySignIn(login);
    if (answer !== 'accepted') refused.push(`${what} does not sign in (${answer})`);
  }
  return refused;
}

async function storedUnderLabel(rig: KillRig): Promise<boolean> {
  for (const { versionId, labels, hasValue } of rig.snapshot.versions) {
    if (hasValue && labels.length > 0 && await isInForce(rig, rig.login(versionId))) return true;
  }
  return false;
}

async function isInForce({ postgres }: KillRig, login: Login | undefined): Promise<boolean> {
  const stored = login && await postgres.storedPassword(login.username);
  const [, iterations = '', salt = '', storedKey] = /^SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):/.exec(stored ?? '') ?? [];
  return storedKey !== undefined && storedKey === storedKeyOf(login?.password ?? '', salt, Number(iterations));
}

const storedKeys = new Map<string, string>();

/** RFC 5802. The same keys are asked for at every boundary. */
function storedKeyOf(password: string, salt: string, iterations: number): string {
  const known = storedKeys.get(salt + password);
  if (known !== undefined) return known;
  const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), iterations, 32, 'sha256');
  const key = createHash('sha256').update(createHmac('sha256', salted).update('Client Key').digest()).digest('base64');
  storedKeys.set(salt + password, key);
  return key;
}

/** As it is, within JSON, and encoded as it would be in a header or an address. */
function leaks(rig: KillRig): boolean {
  const passwords = rig.snapshot.versions.filter(({ hasValue }) => hasValue).map(({ versionId }) => rig.login(versionId).password);
  const forms = passwords.flatMap(password => [
    password, JSON.stringify(password).slice(1, -1), Buffer.from(password).toString('base64'), encodeURIComponent(password),
  ]);
  return forms.some(form => rig.output.includes(form));
}
