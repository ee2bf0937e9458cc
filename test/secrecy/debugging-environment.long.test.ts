import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Evidence, reportExtent } from './evidence';
import type { Request } from './rotate-process';
import { describeNewestPostgres } from '../support/postgres';
import { configFor, trusting } from '../support/postgres-service';

describeNewestPostgres('no credential is printed', (postgres) => {
  const evidence = new Evidence();
  afterAll(() => reportExtent('DEBUG and NODE_DEBUG', [evidence]));

  test('where the environment asks for all that Node.js and the driver can tell', async () => {
    const login = await postgres.createLogin();
    const request: Request = { config: configFor(postgres, login.username), current: login.password, pending: 'pA5s"w\'o\\rd-&<of>-%41+the/user=', bundle: trusting().bundle };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['-r', 'ts-node/register/transpile-only', join(__dirname, 'rotate-process.ts')], {
      env: { PATH: process.env.PATH, ROTATE: JSON.stringify(request), DEBUG: '*', NODE_DEBUG: 'net,tls,http,https,stream,timer,crypto', PGDEBUG: '1' }, maxBuffer: 64 * 1024 * 1024,
    });
    evidence.protect(request.current, request.pending);
    evidence.add('standard output', stdout);
    evidence.add('standard error', stderr);
    expect(evidence.leaks()).toEqual([]);
    expect(stdout).toContain('rotated');
    expect(stderr).toMatch(/^NET \d+/m);
  });
});
