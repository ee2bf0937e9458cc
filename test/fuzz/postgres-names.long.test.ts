import * as fc from 'fast-check';
import { escapeIdentifier } from 'pg';
import { bystanders, makeCanary } from './catalog';
import { names, noName } from './names';
import { unreasoned } from './reasoned';
import { runs } from './runs';
import type { PostgresRotationConfig } from '../../src/private/rotation-config';
import { Login, MASTER, TestPostgres } from '../support/postgres';
import { PostgresRotation, StrategyKind } from '../support/postgres-rotation';
import { StepFailed } from '../support/rotation-rig';

jest.setTimeout(120_000);

const ROTATIONS = 2;

const postgres = new TestPostgres(18, {});
beforeAll(async () => {
  await postgres.start();
  await makeCanary(postgres.superuser);
});
afterAll(() => postgres.stop());

interface Names {
  readonly username: string;
  readonly alternateUsername: string;
  readonly ownerRole: string;
  readonly memberOf: string;
  readonly databaseName: string;
}

const anyNames = names(5).map(([username = '', alternateUsername = '', ownerRole = '', memberOf = '', databaseName = '']): Names =>
  ({ username, alternateUsername, ownerRole, memberOf, databaseName }));

describe.each<[StrategyKind, number]>([['single-user', 25], ['superuser', 25], ['alternating-users', 20]])('%s, whatever PostgreSQL takes for a name', (kind, usual) => {
  test('rotates the password of that very user, and leaves everybody else alone', async () => {
    await fc.assert(fc.asyncProperty(anyNames, fc.boolean(), (all, withOwner) => within(all, async () => {
      const concerned = concernedOf(kind, all, withOwner);
      const before = await bystanders(postgres.superuser, concerned);
      const rotation = await PostgresRotation.start(kind, postgres, { config: configOf(kind, all, withOwner) });
      try {
        const untouched = await bystanders(postgres.superuser, concerned);
        expect(untouched).toEqual(before);
        for (let count = 1; count <= ROTATIONS; count++) await rotation.rig.rotate();
        expect(await bystanders(postgres.superuser, concerned)).toEqual(before);
        expect(await whoSignsIn(rotation, all.databaseName)).toBe(userAfter(kind, all));
        expect(rotation.leakedPasswords()).toBe(0);
      } finally {
        await rotation.stop();
      }
    })), runs(usual));
  });
});

describe('what PostgreSQL takes for no name', () => {
  const FIELDS = ['username', 'alternateUsername', 'ownerRole', 'memberOf', 'databaseName'] as const;

  async function expectRefused(which: (typeof FIELDS)[number], illegal: string): Promise<void> {
    const before = await bystanders(postgres.superuser);
    const named = { username: 'legal', alternateUsername: 'legal_too', [which]: which === 'memberOf' ? [illegal] : illegal };
    const rotation = await PostgresRotation.start('alternating-users', postgres, { config: named });
    const failure: unknown = await rotation.rig.rotate().catch((error: unknown) => error).finally(() => rotation.stop());
    expect(reasonOf(failure)).toBeUndefined();
    expect(await bystanders(postgres.superuser)).toEqual(before);
  }

  test.each(FIELDS)('is refused as %s with a reason, before anything changes', async (which) => {
    await fc.assert(fc.asyncProperty(noName(), (illegal) => expectRefused(which, illegal)), runs(9));
  });

  // "role name … is reserved": CREATE ROLE, PostgreSQL documentation; a construct refuses them, too.
  test.each(FIELDS)('because it keeps it for itself is refused as %s with a reason, before anything changes', async (which) => {
    for (const reserved of ['public', 'none', 'pg_app']) await expectRefused(which, reserved);
  });

  test('is refused as the superuser\'s name before anything changes', async () => {
    await fc.assert(fc.asyncProperty(noName(), async (username) => {
      const before = await bystanders(postgres.superuser);
      const rotation = await PostgresRotation.start('alternating-users', postgres, { config: { username: 'legal' } });
      await rotation.rig.putValue(rotation.superuserArn, JSON.stringify({ username, password: 'any' }));
      const failure: unknown = await rotation.rig.rotate().catch((error: unknown) => error).finally(() => rotation.stop());
      expect(reasonOf(failure)).toBeUndefined();
      expect(await bystanders(postgres.superuser)).toEqual(before);
    }), runs(9));
  });
});

function reasonOf(failure: unknown): string | undefined {
  return failure instanceof StepFailed ? unreasoned(failure.cause) : `no step failed: ${String(failure)}`;
}

function configOf(kind: StrategyKind, all: Names, withOwner: boolean): Partial<PostgresRotationConfig> {
  const { username, alternateUsername, ownerRole, memberOf, databaseName } = all;
  const common = { username, databaseName };
  if (kind === 'single-user') return common;
  return kind === 'superuser' ? { ...common, memberOf: [memberOf] } : { ...common, alternateUsername, memberOf: [memberOf], ...withOwner ? { ownerRole } : {} };
}

function concernedOf(kind: StrategyKind, { username, alternateUsername, ownerRole }: Names, withOwner: boolean): readonly string[] {
  return kind === 'alternating-users' ? [username, alternateUsername, ...withOwner ? [ownerRole] : []] : [username];
}

function userAfter(kind: StrategyKind, { username, alternateUsername }: Names): string {
  return kind === 'alternating-users' && ROTATIONS % 2 === 1 ? alternateUsername : username;
}

/** The name that the server itself has for whoever signs in with AWSCURRENT. */
async function whoSignsIn({ rig }: PostgresRotation, database: string): Promise<string | undefined> {
  const client = await postgres.connect(rig.labelled('AWSCURRENT') as unknown as Login, database);
  const { rows } = await client.query<{ readonly name: string }>('SELECT session_user::text AS name');
  await client.end();
  return rows[0]?.name;
}

/** Makes the database and the role that a rotation finds, and takes away what it left. */
async function within({ username, alternateUsername, ownerRole, memberOf, databaseName }: Names, work: () => Promise<void>): Promise<void> {
  const { superuser } = postgres;
  await superuser.query(`CREATE DATABASE ${escapeIdentifier(databaseName)} OWNER ${MASTER.username}`);
  const master = await postgres.connect(MASTER);
  await master.query(`CREATE ROLE ${escapeIdentifier(memberOf)} NOLOGIN`).finally(() => master.end());
  try {
    await work();
  } finally {
    await superuser.query(`DROP DATABASE ${escapeIdentifier(databaseName)} WITH (FORCE)`);
    for (const role of [alternateUsername, username, ownerRole, memberOf]) {
      await superuser.query(`DROP ROLE IF EXISTS ${escapeIdentifier(role)}`);
    }
  }
}
