import type { Client } from 'pg';

const ROLES = `
  SELECT 'role' AS kind, rolname AS name, ARRAY[rolname::text] AS roles, to_jsonb(a) - 'oid' AS facts FROM pg_authid AS a
  UNION ALL SELECT 'membership', r.rolname || ' > ' || m.rolname, ARRAY[r.rolname, m.rolname]::text[], to_jsonb(a) - 'oid'
    FROM pg_auth_members AS a JOIN pg_roles AS r ON r.oid = a.roleid JOIN pg_roles AS m ON m.oid = a.member
  UNION ALL SELECT 'settings', coalesce(r.rolname, 'every role'), ARRAY[r.rolname]::text[], to_jsonb(s) FROM pg_db_role_setting AS s LEFT JOIN pg_roles AS r ON r.oid = s.setrole
  UNION ALL SELECT 'database', datname, '{}', to_jsonb(d) - 'datfrozenxid' - 'datminmxid' FROM pg_database AS d
  UNION ALL SELECT 'table', relname, '{}', jsonb_build_object('owner', relowner::regrole, 'acl', relacl, 'rows', (SELECT count(*) FROM canary)) FROM pg_class WHERE relname = 'canary'
  ORDER BY 1, 2`;

interface Entry {
  readonly kind: string;
  readonly name: string;
  /** Whom it is about. */
  readonly roles: readonly string[];
  readonly facts: object;
}

/** A role and a table that nobody but an injection would touch. */
export async function makeCanary(superuser: Client): Promise<void> {
  await superuser.query('CREATE ROLE canary LOGIN PASSWORD \'of-the-canary\'');
  await superuser.query('CREATE TABLE canary AS SELECT 1 AS sings');
}

/** All that the server knows of roles that are not among these, and of databases and the canary. */
export async function bystanders(superuser: Client, concerned: readonly string[] = []): Promise<readonly Entry[]> {
  const { rows } = await superuser.query<Entry>(ROLES);
  return rows.filter(({ kind, roles }) => kind === 'database' || !roles.some((role) => concerned.includes(role)));
}
