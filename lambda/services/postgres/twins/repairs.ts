import { quoteIdentifier, quoteLiteral } from '../identifiers';
import { Finding } from './finding';
import { Pair } from './pair';
import { SettingChange, settingChanges, settingStatement } from './settings';
import { actingRole, actingRoles, membership, Role, State } from './state';
import { rightOver } from './statements';
import { isSettled } from './strangers';

/** A statement that makes the users more equal. Where it is still needed after it was made, it is a difference. */
export interface Repair extends Finding {
  readonly sql: string;
  /** The role that the statement changes or grants. */
  readonly on: string;
  /** A setting: the superuser may be refused this one and still make the others. */
  readonly setting?: string;
}

export interface RepairOptions {
  readonly memberOf: readonly string[];
  /** The user that nobody uses yet: the other one's sessions must not change whom they act as before nothing hangs on it. */
  readonly pending: string;
  /** `VALID UNTIL` belongs to the password, not to the pair. */
  readonly passwordExpires: boolean;
}

/** The statements that are still needed, in an order that they can be made in. Both users and the owner role exist. */
export function repairs(pair: Pair, state: State, options: RepairOptions): readonly Repair[] {
  return [
    ...grantsOfMemberOf(pair, state, options.memberOf),
    ...pair.arranged.flatMap(login => inheritance(state, login)),
    ...pair.arranged.flatMap(login => grantsOfActing(pair, state, login)),
    ...revokes(pair, state),
    ...limits(pair, state, options.passwordExpires),
    ...settings(pair, state, options.pending),
  ];
}

function grantsOfMemberOf(pair: Pair, state: State, memberOf: readonly string[]): Repair[] {
  const acting = actingRole(pair, state.settings, null);
  const missing = memberOf.filter(role => role !== acting && membership(state, acting, role) === undefined);
  return missing.map(role => repair(role, `GRANT ${quoteIdentifier(role)} TO ${quoteIdentifier(acting)}`, `${quoteIdentifier(acting)} is not a member of ${quoteIdentifier(role)}`));
}

function inheritance(state: State, login: string): Repair[] {
  if (state.roles.get(login)?.inherits ?? true) return [];
  return [repair(login, `ALTER ROLE ${quoteIdentifier(login)} INHERIT`, `${quoteIdentifier(login)} is NOINHERIT, so CONNECT and other rights do not reach it`)];
}

/** CONNECT is checked before a `role` setting applies: the user must inherit what it acts as. */
function grantsOfActing(pair: Pair, state: State, login: string): Repair[] {
  const roles = new Set([...pair.ownerRole === undefined ? [pair.first] : [], ...actingRoles(pair, state.settings)]);
  const options = state.superuser.membershipHasOptions ? ' WITH INHERIT TRUE, SET TRUE' : '';
  return [...roles].filter(role => !isFull(state, login, role)).map(role =>
    repair(role, `GRANT ${quoteIdentifier(role)} TO ${quoteIdentifier(login)}${options}`, `${quoteIdentifier(login)} is not a member of ${quoteIdentifier(role)} that inherits from it and may act as it`));
}

/** Below 16 it is the user that inherits, which has a repair of its own. */
function isFull(state: State, login: string, role: string): boolean {
  const given = membership(state, login, role);
  if (given === undefined) return false;
  return given.mayAct && (given.inherits || !state.superuser.membershipHasOptions);
}

/** With an owner role a twin that AWS's function made is the first user's equal without being its member, which may set its password. */
function revokes(pair: Pair, state: State): Repair[] {
  if (pair.ownerRole === undefined || membership(state, pair.twin, pair.first)?.direct !== true || !isSettled(pair, state)) return [];
  const statement = `REVOKE ${quoteIdentifier(pair.first)} FROM ${quoteIdentifier(pair.twin)}`;
  return [repair(pair.first, statement, `${quoteIdentifier(pair.twin)} is a member of ${quoteIdentifier(pair.first)}`)];
}

function limits(pair: Pair, state: State, passwordExpires: boolean): Repair[] {
  const [first, twin] = pair.logins.map(login => state.roles.get(login));
  if (first === undefined || twin === undefined) return [];
  const wanted = [
    ...twin.connectionLimit === first.connectionLimit ? [] : [`CONNECTION LIMIT ${first.connectionLimit}`],
    ...passwordExpires ? [] : validity(first, twin),
  ];
  return wanted.map(clause => repair(twin.name, `ALTER ROLE ${quoteIdentifier(twin.name)} ${clause}`, `${quoteIdentifier(twin.name)} lacks the first user's ${clause}`));
}

/** An end that is past would make a dead twin. */
function validity(first: Role, twin: Role): string[] {
  const wanted = first.expired && !twin.expired ? twin.validUntil : first.expired ? 'infinity' : first.validUntil;
  return wanted === twin.validUntil && !twin.expired ? [] : [`VALID UNTIL ${quoteLiteral(wanted)}`];
}

function settings(pair: Pair, state: State, pending: string): Repair[] {
  const settled = isSettled(pair, state);
  const changes = settingChanges(pair, state).filter(change => change.name !== 'role' || change.login === pending || settled);
  return changes.map(change => ({
    ...repair(change.login, settingStatement(change), `the setting ${described(change)} is not as it must be`),
    remedy: remedyOf(change, state),
    ...change.name === 'role' ? {} : { setting: change.name },
  }));
}

/** Never the statement itself: a value may be a secret of the application's. */
function remedyOf({ login, name }: SettingChange, { roles, superuser }: State): string {
  if (name === 'role' || roles.get(login)?.administered === false) return rightOver(login, superuser);
  return `Give both users the same ${quoteIdentifier(name)}, or let the superuser set it: GRANT SET ON PARAMETER ${quoteIdentifier(name)} TO ${quoteIdentifier(superuser.name)}`;
}

function described({ login, database, name }: SettingChange): string {
  const place = database === null ? '' : ` in database ${quoteIdentifier(database)}`;
  return `${quoteIdentifier(name)} of ${quoteIdentifier(login)}${place}`;
}

function repair(on: string, sql: string, what: string): Repair {
  return { on, sql, what, remedy: `Run as a role that may: ${sql}` };
}
