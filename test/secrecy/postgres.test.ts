import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { escapeIdentifier, escapeLiteral } from 'pg';
import { Evidence, reportExtent } from './evidence';
import { AlternatingUsersStrategy } from '../../lambda/alternating-users/strategy';
import { Invocation } from '../../lambda/engine/contract/invocation';
import { RotationStrategy } from '../../lambda/engine/strategy';
import { ManagedUser } from '../../lambda/services/postgres/managed-user';
import { OwnUser } from '../../lambda/services/postgres/own-user';
import { Twins } from '../../lambda/services/postgres/twins';
import { SingleUserStrategy } from '../../lambda/single-user/strategy';
import { SuperuserStrategy } from '../../lambda/superuser/strategy';
import { SCRAM_OVER_TLS } from '../../rehearsal/postgres/server';
import { Fault } from '../../rehearsal/secrets-manager';
import { PostgresRotationConfig } from '../../src/private/rotation-config';
import { ExternalCalls, FaultKind } from '../support/external-calls';
import { BOOTSTRAP, describeNewestPostgres, Login, MASTER, TestPostgres, uniqueName } from '../support/postgres';
import { PostgresProxy } from '../support/postgres-proxy';
import { configuration, connector, StrategyKind } from '../support/postgres-rotation';
import { RotationRig, STEPS } from '../support/rotation-rig';

/** All that a server can be told to write down, also about statements that fail, and every statement that it ever ran. */
const WRITES_EVERYTHING = {
  logging: 'everything',
  hba: [SCRAM_OVER_TLS, 'host all all all scram-sha-256'], // the pooler comes without TLS
  settings: {
    'shared_preload_libraries': 'pg_stat_statements',
    'pg_stat_statements.track': 'all',
    'pg_stat_statements.max': '10000',
    'debug_print_parse': 'on',
    'log_min_duration_statement': '0',
    'track_activity_query_size': '65536',
  },
} as const;

const STRATEGIES: Readonly<Record<StrategyKind, (config: PostgresRotationConfig, invocation: Invocation) => RotationStrategy>> = {
  'single-user': (config, invocation) => new SingleUserStrategy(new OwnUser(connector(config, invocation)), config),
  'superuser': (config, invocation) => new SuperuserStrategy(new ManagedUser(connector(config, invocation)), config),
  'alternating-users': (config, invocation) => new AlternatingUsersStrategy(new Twins(connector(config, invocation)), config),
};
const KINDS = Object.keys(STRATEGIES) as StrategyKind[];
const ACCESS_DENIED = { kind: 'error', name: 'AccessDeniedException', message: 'not authorized', status: 400 } as const;

/** A rotation, and all that is said about it. */
class WatchedRotation {
  static async start(kind: StrategyKind, postgres: TestPostgres): Promise<WatchedRotation> {
    const user = await newUser(kind, postgres);
    const evidence = new Evidence();
    evidence.listen();
    const superuser: { arn?: string } = {};
    const rig: RotationRig = await RotationRig.start<PostgresRotationConfig>({
      config: configuration(postgres, user.username),
      strategy: (config, invocation) => evidence.watching(STRATEGIES[kind]({ ...config, superuserSecretArn: superuser.arn }, invocation)),
      secretString: JSON.stringify(user),
      remainingMs: 6_000,
    });
    superuser.arn = rig.secretsManager.createSecret({ name: uniqueName('superuser'), secretString: JSON.stringify(MASTER) }).arn;
    await checkPasswords(postgres, kind === 'single-user' ? user : MASTER);
    await postgres.superuser.query('SELECT pg_stat_statements_reset()');
    return new WatchedRotation(kind, postgres, rig, evidence, user, superuser.arn, postgres.server.log().length);
  }

  readonly calls = new ExternalCalls();
  private ended = false;

  private constructor(
    readonly kind: StrategyKind, readonly postgres: TestPostgres, readonly rig: RotationRig, readonly evidence: Evidence, readonly user: Login,
    readonly superuserArn: string, private readonly loggedBefore: number,
  ) {
    this.calls.install();
  }

  /** All steps, as far as they go. */
  attempt(token: string): Promise<boolean> {
    return this.evidence.attempt(() => this.rig.steps(token));
  }

  /** The same, each step as a process of its own that can be killed. */
  attemptInProcesses(token: string): Promise<boolean> {
    return this.evidence.attempt(async () => {
      for (const step of STEPS) await this.calls.run(() => this.rig.step(step, token));
    });
  }

  /** Makes the call go wrong that has this in its text: the first one, or a later one. */
  failAt(what: RegExp, kind: FaultKind): void {
    const { seen } = this.calls;
    this.calls.fault = { kind, get index() { return seen.findIndex((call) => what.test(call.what)); } };
  }

  get pendingUser(): string {
    return String(this.rig.labelled('AWSPENDING')?.username);
  }

  /** Once. */
  async end(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    this.calls.uninstall();
    await this.rig.stop();
    this.evidence.stop();
    this.evidence.addRig(this.rig, ['password'], [this.rig.secretArn, this.superuserArn]);
    this.evidence.addServer('the server\'s log', this.postgres.server.log().slice(this.loggedBefore));
    const { rows } = await this.postgres.superuser.query<{ query: string }>('SELECT query FROM pg_stat_statements');
    this.evidence.addServer('pg_stat_statements', rows.map(({ query }) => query).join('\n'));
  }
}

interface Scenario {
  readonly name: string;
  /** What the function says of it. */
  readonly tells: RegExp;
  readonly run: (rotation: WatchedRotation) => Promise<void>;
  /** @default all */
  readonly kinds?: readonly StrategyKind[];
}

const SETS_PASSWORD = /^(ALTER|CREATE) ROLE .* PASSWORD/;
const WITH_SUPERUSER: readonly StrategyKind[] = ['superuser', 'alternating-users'];

const SUCCEEDING: Scenario = {
  name: 'three rotations succeed',
  tells: /"step":"finishSecret"/,
  run: async ({ rig }) => {
    for (let rotation = 1; rotation <= 3; rotation++) await rig.rotate();
  },
};

const FAILING: readonly Scenario[] = [
  {
    name: 'the server refuses the password',
    tells: /PASSWORD_REJECTED/,
    run: async (rotation) => {
      await rotation.rig.rotate();
      await rotation.attempt(await beginWithRefusedPassword(rotation));
    },
  },
  {
    name: 'the server refuses the password of a user that is created',
    tells: /PASSWORD_REJECTED/,
    kinds: ['alternating-users'],
    run: async (rotation) => { await rotation.attempt(await beginWithRefusedPassword(rotation)); },
  },
  {
    name: 'the new password does not sign in, for somebody changed it meanwhile',
    tells: /VERIFICATION_FAILED|SIGN_IN_REFUSED/,
    run: async (rotation) => {
      let changed = false;
      rotation.calls.observe = async ({ what }) => {
        const isSet = rotation.calls.seen.some((call) => SETS_PASSWORD.test(call.what));
        if (changed || !isSet || what !== 'sign-in') return;
        changed = true;
        await rotation.postgres.superuser.query(`ALTER ROLE ${escapeIdentifier(rotation.pendingUser)} PASSWORD 'set-by-somebody-else'`);
      };
      const token = rotation.rig.begin();
      await rotation.attemptInProcesses(token);
      await rotation.attemptInProcesses(token);
    },
  },
  {
    name: 'Secrets Manager repeats the new value in its error',
    tells: /SECRETS_MANAGER_FAILED/,
    run: async (rotation) => {
      const { rig } = rotation;
      rig.fault = ({ action, moment }) => (action === 'PutSecretValue' && moment === 'after' ? quoting(rig) : undefined);
      await rotation.attempt(rig.begin());
    },
  },
  {
    name: 'the promotion is refused, and the retry succeeds',
    tells: /AccessDeniedException/,
    run: async (rotation) => {
      const token = rotation.rig.begin();
      rotation.rig.fault = ({ action, moment }) => (action === 'UpdateSecretVersionStage' && moment === 'before' ? ACCESS_DENIED : undefined);
      await rotation.attempt(token);
      rotation.rig.fault = () => undefined;
      await rotation.attempt(token);
    },
  },
  ...(['fails before', 'fails after', 'killed before', 'killed after'] as const).map((kind): Scenario => ({
    name: `the change of the password ${kind === 'fails before' || kind === 'fails after' ? `${kind} its effect, with the connection` : `is ${kind} its effect`}, and the retry comes`,
    tells: /finishSecret/,
    run: async (rotation) => {
      rotation.failAt(SETS_PASSWORD, kind);
      const token = rotation.rig.begin();
      await rotation.attemptInProcesses(token);
      await rotation.attemptInProcesses(token);
      expect(rotation.calls.fault?.index).toBeGreaterThanOrEqual(0);
    },
  })),
  {
    name: 'it is killed after the change, cancelled, and the next one goes on from there',
    tells: /finishSecret/,
    run: async (rotation) => {
      rotation.failAt(SETS_PASSWORD, 'killed after');
      expect(await rotation.attemptInProcesses(rotation.rig.begin())).toBe(true);
      await rotation.rig.cancel();
      await rotation.attemptInProcesses(rotation.rig.begin());
    },
  },
  {
    name: 'another session is about to change the user, and does not end',
    tells: /SERVICE_BUSY|SERVICE_UNREACHABLE/,
    kinds: ['single-user'],
    run: async (rotation) => {
      await rotation.rig.rotate();
      rotation.rig.remainingMs = 3_000;
      const other = await rotation.postgres.connect(BOOTSTRAP);
      await other.query('BEGIN');
      rotation.calls.observe = async ({ what }) => {
        if (SETS_PASSWORD.test(what)) await other.query(`ALTER ROLE ${escapeIdentifier(rotation.pendingUser)} CONNECTION LIMIT 7`).catch(() => undefined);
      };
      await rotation.attemptInProcesses(rotation.rig.begin());
      await other.query('ROLLBACK');
      await other.end();
    },
  },
  {
    name: 'the current password is not accepted',
    tells: /SIGN_IN_REFUSED/,
    kinds: ['single-user'],
    run: async (rotation) => {
      await rotation.postgres.superuser.query(`ALTER ROLE ${escapeIdentifier(rotation.user.username)} PASSWORD ${escapeLiteral('set-by-somebody-else')}`);
      await rotation.attempt(rotation.rig.begin());
    },
  },
  {
    name: 'the superuser\'s password is not accepted',
    tells: /SUPERUSER_REFUSED/,
    kinds: WITH_SUPERUSER,
    run: async (rotation) => {
      rotation.rig.remainingMs = 3_000;
      await rotation.rig.putValue(rotation.superuserArn, JSON.stringify({ ...MASTER, password: uniqueName('not-the-superusers\'-"password"\\') }));
      await rotation.attempt(rotation.rig.begin());
    },
  },
  {
    name: 'the superuser has no right to change passwords',
    tells: /PERMISSION_DENIED/,
    kinds: WITH_SUPERUSER,
    run: async (rotation) => {
      await rotation.rig.rotate();
      await rotation.rig.putValue(rotation.superuserArn, JSON.stringify(POWERLESS));
      await rotation.attempt(rotation.rig.begin());
    },
  },
  ...['42601', 'XX000', '22023', '42501'].map((sqlState): Scenario => ({
    name: `a pooler repeats the statement in its error (${sqlState})`,
    tells: /message withheld/,
    run: async (rotation) => {
      const pooler = await PostgresProxy.start(rotation.postgres.server.port);
      pooler.script = { onQuery: (sql) => (SETS_PASSWORD.test(sql) ? { sqlState, message: `no good: "${sql}"` } : 'forward') };
      rotation.rig.configure(pooler.endpoint);
      rotation.rig.remainingMs = 3_000;
      await rotation.attempt(rotation.rig.begin());
      await pooler.stop();
    },
  })),
  {
    name: 'the database does not exist',
    tells: /MISCONFIGURED/,
    run: async (rotation) => {
      rotation.rig.configure({ databaseName: 'no such database' });
      await rotation.attempt(rotation.rig.begin());
    },
  },
  {
    name: 'the secret is not JSON',
    tells: /SECRET_MALFORMED/,
    run: async (rotation) => {
      const broken = `{"username":"${rotation.user.username}","password":"half-a-value-that-is-a-password`;
      rotation.evidence.protect('half-a-value-that-is-a-password');
      await rotation.rig.putValue(rotation.rig.secretArn, broken);
      await rotation.attempt(rotation.rig.begin());
      await rotation.rig.putValue(rotation.rig.secretArn, JSON.stringify(rotation.user));
    },
  },
];

/** As an error of a validation may repeat what it objects to. */
function quoting(rig: RotationRig): Fault {
  return { kind: 'error', name: 'ValidationException', message: `no good: ${JSON.stringify(rig.labelled('AWSPENDING'))}`, status: 400 };
}

/** One that is the name of its user: of a verifier, a server's policy can find out no more. */
async function beginWithRefusedPassword({ rig, kind, user }: WatchedRotation): Promise<string> {
  const token = rig.begin();
  const twin = `${user.username}_clone`;
  const username = kind === 'alternating-users' && rig.labelled('AWSCURRENT')?.username !== twin ? twin : user.username;
  await new SecretsManagerClient({}).send(new PutSecretValueCommand({
    SecretId: rig.secretArn, ClientRequestToken: token, SecretString: JSON.stringify({ username, password: username }), VersionStages: ['AWSPENDING'],
  }));
  return token;
}

const POWERLESS: Login = { username: 'powerless', password: 'the-password-of-nobody-much' };

describeNewestPostgres('no credential is told by anybody when', (postgres) => {
  const searched: Evidence[] = [];
  let rotation: WatchedRotation;

  beforeAll(async () => {
    await postgres.superuser.query(`CREATE EXTENSION pg_stat_statements; CREATE ROLE ${POWERLESS.username} LOGIN PASSWORD ${escapeLiteral(POWERLESS.password)}`);
  });
  afterAll(() => { reportExtent(`PostgreSQL ${postgres.major}`, searched); });

  const expectNothingTold = async (): Promise<void> => {
    await rotation.end();
    rotation.evidence.protect(POWERLESS.password);
    expect(rotation.evidence.leaks()).toEqual([]);
    searched.push(rotation.evidence);
  };

  describe.each(KINDS)('of the strategy %s', (kind) => {
    beforeEach(async () => { rotation = await WatchedRotation.start(kind, postgres); });
    afterEach(() => rotation.end());

    test(`${SUCCEEDING.name}; the server is told verifiers only`, async () => {
      await SUCCEEDING.run(rotation);
      await expectNothingTold();
      expect(rotation.evidence.textOf('the server\'s log')).toMatch(/statement: (ALTER|CREATE) ROLE .* PASSWORD 'SCRAM-SHA-256\$/);
      expect(rotation.evidence.textOf('pg_stat_statements')).toMatch(/(ALTER|CREATE) ROLE .* PASSWORD/);
      expect(rotation.evidence.textOf('the function\'s log')).toContain('"_aws"');
    });

    test.each(FAILING.filter(({ kinds = KINDS }) => kinds.includes(kind)))('$name', async ({ run, tells }) => {
      await run(rotation);
      await expectNothingTold();
      expect(rotation.evidence.textOf('the function\'s log')).toMatch(tells);
    });
  });

  test('but one that sends its password as it is: it is found in the log and in the statistics', async () => {
    rotation = await WatchedRotation.start('single-user', postgres);
    const token = await rotation.rig.rotate();
    await postgres.superuser.query(`ALTER ROLE ${escapeIdentifier(rotation.user.username)} PASSWORD ${escapeLiteral(String(rotation.rig.value(token)?.password))}`);
    await rotation.end();
    expect(new Set(rotation.evidence.leaks().map(({ place }) => place))).toEqual(new Set(['the server\'s log', 'pg_stat_statements']));
  });
}, WRITES_EVERYTHING);

/** The server's policy: a password must not contain the name of its user (PostgreSQL documentation, F.26 "passwordcheck"). */
async function checkPasswords(postgres: TestPostgres, { username }: Login): Promise<void> {
  await postgres.superuser.query(`ALTER ROLE ${escapeIdentifier(username)} SET session_preload_libraries = passwordcheck`);
}

async function newUser(kind: StrategyKind, postgres: TestPostgres): Promise<Login> {
  if (kind === 'alternating-users') return { username: uniqueName('app'), password: 'the-first-password' };
  return postgres.createLogin('', { by: kind === 'superuser' ? MASTER : BOOTSTRAP, name: uniqueName('app') });
}
