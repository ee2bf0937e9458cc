import type { Stage } from './attempt';
import { Decoy } from './decoy';
import { BOOTSTRAP, Login, MASTER, testAuthority, TestPostgres } from '../support/postgres';
import { PostgresRotation, StrategyKind } from '../support/postgres-rotation';

/** Little enough that a superuser who is refused is not asked for again and again. */
const REMAINING_MS = 2_400;

/** A server that tells who signs in, a login that nobody configured, and a decoy. */
export class PostgresScene {
  readonly postgres = new TestPostgres(18, { settings: { log_connections: 'on' } });
  bait: Login = { username: '', password: '' };
  private listening?: Decoy;

  get decoy(): Decoy {
    if (this.listening === undefined) throw new Error('the decoy listens within tests only');
    return this.listening;
  }

  async start(): Promise<void> {
    await this.postgres.start();
    this.bait = await this.postgres.createLogin('SUPERUSER', { by: BOOTSTRAP, name: 'bait' });
    this.listening = await Decoy.start(testAuthority.issue({ hosts: ['localhost', '127.0.0.1', '127.0.0.2'] }), this.postgres.server.port);
  }

  async stop(): Promise<void> {
    await this.listening?.stop();
    await this.postgres.stop();
  }

  async stage(kind: StrategyKind): Promise<Stage> {
    const rotation = await PostgresRotation.start(kind, this.postgres, { remainingMs: REMAINING_MS });
    const { rig, user, superuserArn } = rotation;
    const twin = `${user.username}_clone`;
    const usernames = kind === 'alternating-users' ? [user.username, twin] : [user.username];
    const logged = this.postgres.server.log().length;
    return {
      rig,
      working: user,
      ...kind === 'single-user' ? { fallback: { previous: user, current: { ...user, password: 'not-in-force' } } } : { superuser: { arn: superuserArn, value: MASTER } },
      pending: { username: usernames.at(-1), password: 'of-the-writer-0123456789' },
      facts: { engine: 'postgres', host: 'localhost', port: this.postgres.server.port, dbname: 'postgres' },
      usernames,
      allowed: kind === 'single-user' ? usernames : [...usernames, MASTER.username],
      signIns: async () => signInsIn(this.postgres.server.log().slice(logged)),
      bystanders: () => Promise.all([this.bait.username, MASTER.username].map((name) => this.postgres.storedPassword(name))),
      stop: () => rotation.stop(),
    };
  }
}

/** Who was let in, and who was not (`log_connections`, PostgreSQL documentation). */
function signInsIn(log: string): readonly string[] {
  return [...log.matchAll(/connection authorized: user=(\S+)|authentication failed for user "([^"]*)"|role "([^"]*)" does not exist/g)].map(([, ...names]) => names.find((name) => name !== undefined) ?? '');
}
