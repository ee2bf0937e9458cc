import fc from 'fast-check';
import { clearReal, Deed, Doer, furnishReal, furnishSimulated, ROLES } from './both-servers';
import { SimulatedServer } from './server';
import { SimulatedWire } from './wire';
import { TlsWire } from '../../../lambda/services/postgres/wire';
import type { PostgresRotationConfig } from '../../../src/private/rotation-config';
import { describeNewestPostgres, TestPostgres } from '../../support/postgres';
import { configFor, trusting } from '../../support/postgres-service';
import { Outside } from '../outside';
import { Randomness } from '../randomness';
import { VirtualTime } from '../virtual-time';

const RUNS = 20 * Number(process.env.FUZZ_RUNS ?? 1);

const role = fc.constantFrom(...ROLES);
const user = fc.nat({ max: 1 });

/** Statements in the forms that this library writes, and those of an operator around them. */
const statement = fc.oneof(
  fc.tuple(role, fc.constantFrom('LOGIN', 'NOLOGIN', 'LOGIN NOINHERIT')).map(([name, clauses]) => `CREATE ROLE "${name}" ${clauses}`),
  fc.tuple(role, fc.constantFrom('LOGIN', 'NOLOGIN', 'INHERIT', 'NOINHERIT', 'CONNECTION LIMIT 7', 'VALID UNTIL \'2020-02-03T04:05:06.000Z\'', 'VALID UNTIL \'2090-02-03T04:05:06.500Z\'', 'VALID UNTIL \'infinity\''))
    .map(([name, clauses]) => `ALTER ROLE "${name}" ${clauses}`),
  fc.tuple(role, role, fc.constantFrom('', ' WITH ADMIN OPTION')).map(([granted, to, options]) => `GRANT "${granted}" TO "${to}"${options}`),
  fc.tuple(role, role).map(([granted, from]) => `REVOKE "${granted}" FROM "${from}"`),
  fc.tuple(role, fc.constantFrom('', ' IN DATABASE "postgres"'), fc.constantFrom('SET "role" = \'owner\'', 'SET "role" = \'app\'', 'SET "role" = \'none\'', 'RESET "role"', 'SET "statement_timeout" = \'7000\'', 'RESET "statement_timeout"'))
    .map(([name, where, what]) => `ALTER ROLE "${name}"${where} ${what}`),
  fc.constantFrom('BEGIN', 'COMMIT', 'ROLLBACK'),
);

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ does: fc.constant('says' as const), session: fc.constant(0), as: fc.constant('admin' as const), sql: statement }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('says' as const), session: fc.constant(1), as: fc.constant('bootstrap' as const), sql: statement.filter((sql) => sql !== 'BEGIN') }) },
  fc.record({ does: fc.constant('leaves' as const), session: fc.constant(0) }),
  fc.record({ does: fc.constant('signs in' as const), user }),
  fc.record({ does: fc.constant('changes its own password' as const), user }),
  fc.record({ does: fc.constant('has its password changed' as const) }),
  fc.record({ does: fc.constant('converges' as const), pending: user }),
  fc.record({ does: fc.constant('is verified' as const), user }),
  fc.record({ does: fc.constant('is looked at beforehand' as const), by: fc.constantFrom('own' as const, 'managed' as const, 'twins' as const) }),
);

describeNewestPostgres('the simulated server answers as PostgreSQL does', (postgres) => {
  beforeAll(() => furnishReal(postgres.superuser));

  test.each([undefined, 'owner'])('to whatever rotations and operators say (owner role: %s)', async (ownerRole) => {
    await fc.assert(fc.asyncProperty(fc.array(deed, { minLength: 3, maxLength: 14 }).filter(nobodyWaits), async (deeds) => {
      const config = { ...configFor(postgres, 'app'), memberOf: ['readers'], ownerRole };
      const first: Deed[] = ['readers', 'app'].map((name) => ({ does: 'says', session: 0, as: 'admin', sql: `CREATE ROLE "${name}" ${name === 'app' ? 'LOGIN' : 'NOLOGIN'}` }));
      const told = [...first, { does: 'has its password changed' } as const, ...deeds];
      expect(await atSimulated(postgres, config, told)).toEqual(await atReal(postgres, config, told));
    }), { numRuns: RUNS });
  }, 300_000);
});

/** A transaction that is open while others change the same rows makes them wait; that has tests of its own. */
function nobodyWaits(deeds: readonly Deed[]): boolean {
  let open = false;
  for (const current of deeds) {
    if (current.does === 'says' && current.session === 0 && current.sql === 'BEGIN') open = true;
    else if ((current.does === 'says' && current.session === 0 && /^(COMMIT|ROLLBACK)$/.test(current.sql)) || (current.does === 'leaves')) open = false;
    else if (open && !(current.does === 'says' && current.session === 0)) return false;
  }
  return !open;
}

async function atReal(postgres: TestPostgres, config: PostgresRotationConfig, deeds: readonly Deed[]): Promise<readonly string[]> {
  await clearReal(postgres.superuser);
  return new Doer(config, new TlsWire(undefined, trusted)).doAll(deeds);
}

async function atSimulated(postgres: TestPostgres, config: PostgresRotationConfig, deeds: readonly Deed[]): Promise<readonly string[]> {
  const time = new VirtualTime();
  const randomness = new Randomness(1);
  time.install();
  randomness.install();
  try {
    const server = new SimulatedServer(time, postgres.major * 10_000);
    furnishSimulated(server);
    return await time.run(() => new Doer(config, new SimulatedWire(new Outside(time), server, postgres.endpoint)).doAll(deeds));
  } finally {
    randomness.uninstall();
    time.uninstall();
  }
}

const trusted = trusting();
