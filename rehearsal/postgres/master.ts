import { Client, escapeIdentifier, escapeLiteral } from 'pg';

export interface MasterUser {
  readonly username: string;
  readonly password: string;
}

/**
 * Makes what Amazon RDS makes in a new PostgreSQL instance: a master user that is no superuser, and the roles that
 * come with it ("Understanding the rds_superuser role" in the Amazon RDS User Guide). `superuser` is a session of the bootstrap superuser.
 */
export async function createMaster(superuser: Client, master: MasterUser): Promise<void> {
  for (const role of ['rds_superuser', 'rds_password', 'rds_iam']) await createRole(superuser, role);
  await superuser.query('GRANT pg_monitor, pg_signal_backend TO rds_superuser');
  await superuser.query('GRANT rds_password TO rds_superuser WITH ADMIN OPTION');
  const username = escapeIdentifier(master.username);
  await superuser.query(`CREATE ROLE ${username} LOGIN CREATEROLE CREATEDB PASSWORD ${escapeLiteral(master.password)}`);
  await superuser.query(`GRANT rds_superuser TO ${username}`);
}

/** A database as the `DatabaseName` of a DB instance makes it: it belongs to the master. */
export async function createDatabase(superuser: Client, name: string, owner: string): Promise<void> {
  await superuser.query(`CREATE DATABASE ${escapeIdentifier(name)} OWNER ${escapeIdentifier(owner)}`);
}

async function createRole(superuser: Client, name: string): Promise<void> {
  const { rowCount } = await superuser.query('SELECT FROM pg_catalog.pg_roles WHERE rolname = $1', [name]);
  if (rowCount === 0) await superuser.query(`CREATE ROLE ${escapeIdentifier(name)} NOLOGIN`);
}
