import { quoteIdentifier } from '../identifiers';
import { passwordCommandsRestricted } from '../password-errors';
import { Session } from '../session';
import { missingLogins, missingOwner } from './creation';
import { Finding } from './finding';
import { Pair } from './pair';
import { Repair } from './repairs';
import { State, Superuser } from './state';
import { rightOver } from './statements';

/** What the superuser lacks for these repairs, and for the password of either user. */
export async function missingRights(session: Session, pair: Pair, state: State, planned: readonly Repair[]): Promise<readonly Finding[]> {
  return [
    ...await readOnly(session),
    ...rolesRight(pair, state),
    ...administration(pair, state, planned),
    ...await passwordRight(session, state.superuser),
    ...await settingRights(session, state.superuser, planned),
  ];
}

async function readOnly(session: Session): Promise<Finding[]> {
  const [row] = await session.query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby');
  return row?.standby === true ? [{ what: 'the endpoint leads to a read-only server', remedy: 'Give the construct the endpoint of the writer' }] : [];
}

function rolesRight(pair: Pair, { superuser, ...state }: State): Finding[] {
  if (superuser.mayCreateRoles) return [];
  const missing = [...missingOwner(pair, { superuser, ...state }), ...missingLogins(pair, { superuser, ...state })].map(quoteIdentifier);
  const what = missing.length > 0 ? `may not create ${missing.join(', ')}` : 'may not change other roles';
  return [{ what: `${quoteIdentifier(superuser.name)} ${what}`, remedy: rightOver(undefined, superuser) }];
}

/** From PostgreSQL 16 on CREATEROLE does not reach roles that somebody else created. */
function administration(pair: Pair, { superuser, roles }: State, planned: readonly Repair[]): Finding[] {
  const touched = new Set([...pair.logins, ...planned.map(repair => repair.on)]);
  const beyond = [...touched].filter(role => superuser.membershipHasOptions && roles.get(role)?.administered === false);
  return beyond.map(role => ({
    what: `${quoteIdentifier(superuser.name)} may not change or grant ${quoteIdentifier(role)}`,
    remedy: rightOver(role, { ...superuser, mayCreateRoles: true }),
  }));
}

/** "Restricting password management" in the Amazon RDS User Guide. */
async function passwordRight(session: Session, superuser: Superuser): Promise<Finding[]> {
  const [row] = await session.query<{ refused: boolean }>(`
    SELECT coalesce(current_setting('rds.restrict_password_commands', true), 'off') IN ('on', '1', 'true')
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'rds_password' AND pg_has_role(oid, 'MEMBER')) AS refused`);
  const name = quoteIdentifier(superuser.name);
  return row?.refused === true ? [{ what: `rds.restrict_password_commands is on, and ${name} is not a member of rds_password`, remedy: passwordCommandsRestricted(superuser.name) }] : [];
}

/** Settings that not everybody may make; what no loaded extension defines (`my.tenant`) is one of them. */
async function settingRights(session: Session, superuser: Superuser, planned: readonly Repair[]): Promise<Finding[]> {
  const settings = planned.filter(repair => repair.setting !== undefined);
  const refused = await session.query<{ name: string }>(`
    SELECT wanted.name FROM unnest($1::text[]) AS wanted (name)
    LEFT JOIN pg_catalog.pg_settings AS known ON lower(known.name) = wanted.name
    WHERE known.context IS DISTINCT FROM 'user' AND NOT has_parameter_privilege(wanted.name, 'SET')`, [settings.map(repair => repair.setting)]);
  return settings.filter(repair => refused.some(({ name }) => name === repair.setting)).map(({ what, remedy }) => ({
    what: `${what}, and ${quoteIdentifier(superuser.name)} may not set it`, remedy,
  }));
}
