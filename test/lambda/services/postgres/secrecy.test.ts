import { inspect } from 'node:util';
import { Credential } from '../../../../lambda/engine/contract/credential';
import { ManagedUser } from '../../../../lambda/services/postgres/managed-user';
import { OwnUser } from '../../../../lambda/services/postgres/own-user';
import { BOOTSTRAP, describeNewestPostgres, Login, MASTER, uniqueName } from '../../../support/postgres';
import { applyChange, configFor, connectorFor, credentialOf, pendingFor, testInvocation } from '../../../support/postgres-service';

describeNewestPostgres('no password', postgres => {
  /** Whatever is done, and whatever comes of it, is written down. */
  const told: unknown[] = [];
  const noting = async (work: Promise<unknown>): Promise<void> => { told.push(await work.catch((error: unknown) => error)); };

  const rotateItself = async (login: Login, password: string): Promise<void> => {
    const invocation = testInvocation();
    told.push(invocation);
    const user = new OwnUser(connectorFor(configFor(postgres, login.username), invocation));
    await noting(user.preflight(credentialOf(login)));
    const session = await user.signIn(credentialOf(login));
    const verification = await user.prepareVerification();
    const pending = pendingFor(login.username, password);
    await noting(session.lock());
    await noting(applyChange(session, pending));
    await noting(verification.signIn(pending.credential));
    await noting(verification.signIn(new Credential(login.username, `wrong-${password}`)));
    await noting(session.putBack());
    told.push(session, verification, user);
    await verification.end();
    await session.end();
  };

  const rotateBySuperuser = async (superuser: Login, login: Login, password: string): Promise<void> => {
    const invocation = testInvocation();
    told.push(invocation);
    const user = new ManagedUser(connectorFor(configFor(postgres, login.username, { memberOf: ['no such role'], passwordValidForSeconds: 60 }), invocation));
    await noting(user.preflight(credentialOf(superuser), credentialOf(login)));
    const session = await user.signIn(credentialOf(superuser), credentialOf(login));
    await noting(applyChange(session, pendingFor(login.username, password)));
    await noting(session.putBack());
    told.push(session, user);
    await session.end();
  };

  test('is in the server\'s log, in an error, in a log line or in a printed object, whether statements succeed or fail', async () => {
    const login = await postgres.createLogin('', { by: BOOTSTRAP });
    const weak = await postgres.createLogin('', { by: BOOTSTRAP });
    await postgres.superuser.query(`ALTER ROLE ${weak.username} SET session_preload_libraries = passwordcheck`);
    const powerless = await postgres.createLogin();
    const passwords = [uniqueName('first'), uniqueName('second'), uniqueName('third')];
    const logged = postgres.server.log().length;
    await rotateItself(login, passwords[0] ?? '');
    await rotateItself(weak, weak.username); // refused by the policy: a password that is the user's name
    await rotateBySuperuser(MASTER, { username: uniqueName(), password: passwords[1] ?? '' }, passwords[1] ?? '');
    await rotateBySuperuser(powerless, login, passwords[2] ?? '');

    const log = postgres.server.log().slice(logged);
    expect(log).toMatch(/statement: ALTER ROLE/);
    expect(log).toMatch(/ERROR: .*permission denied/);
    expect(log).toMatch(/ERROR: .*password must not/);
    const said = `${inspect(told, { depth: 12, maxStringLength: null, maxArrayLength: null })}${JSON.stringify(told.filter(thing => thing instanceof Error))}${told.map(thing => (thing instanceof Error ? thing.stack : '')).join()}`;
    expect(told.filter(thing => thing instanceof Error).length).toBeGreaterThan(4);
    for (const password of [...passwords, login.password, weak.password, powerless.password, MASTER.password]) {
      expect(around(log, password)).toBe('');
      expect(around(said, password)).toBe('');
    }
    expect(said).not.toMatch(/SCRAM-SHA-256\$\d+:/);
  });
}, { logging: 'everything' });

/** What a text has before a password that it should not have. */
function around(text: string, password: string): string {
  const at = text.indexOf(password);
  return at < 0 ? '' : text.slice(Math.max(0, at - 100), at);
}
