import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Credentials, DatabaseInstance, DatabaseInstanceEngine, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import type { RehearsalReport, RotationReport, RotationRun } from '../rehearsal/report/model';
import { AlternatingUsersRotation, RotationRules, RotationTarget, SingleUserRotation, SuperuserRotation } from '../src';
import { median, Row, rounded } from './measure';

const FLIPS = 100;

/** Rehearses an app with all three strategies on one database. */
export function rehearseStrategies(root: string, scratch: string): RehearsalReport {
  return rehearse(root, scratch, 'strategies', ['--rotations', '6'], (stack, target) => {
    const rotationRules = RotationRules.rate(Duration.days(30));
    new SingleUserRotation(stack, 'Single', { target, username: 'postgres', rotationRules });
    new SuperuserRotation(stack, 'Superuser', { target, username: 'reports', rotationRules });
    new AlternatingUsersRotation(stack, 'Alternating', { target, username: 'app', rotationRules });
  });
}

/** Calls and sign-ins of each strategy. */
export function countOf(report: RehearsalReport): Row[] {
  const aims = { 'single-user': '≤ 9', 'superuser': '≤ 10', 'alternating-users': '≤ 10', 'multi-credential': '≤ 11', 'unknown': '–' } as const;
  return report.rotations.flatMap((rotation) => [
    { what: `Secrets Manager calls, ${rotation.strategy}`, measured: per(rotation, secretsManagerCalls), aim: aims[rotation.strategy] },
    { what: `sign-ins tried at the database, ${rotation.strategy}`, measured: per(rotation, (run) => run.signIns), aim: '2' },
    { what: `failed sign-ins on the normal path, ${rotation.strategy}`, measured: per(rotation, (run) => run.signInsRefused), aim: '0' },
  ]);
}

/** Whether a hundred flips ever refuse a client that reads the secret again within the interval. */
export function measureManyFlips(root: string, scratch: string): Row[] {
  const report = rehearse(root, scratch, 'flips', ['--rotations', String(FLIPS), '--interval', '1'], (stack, target) => {
    new AlternatingUsersRotation(stack, 'Alternating', { target, username: 'app', rotationRules: RotationRules.rate(Duration.days(30)) });
  });
  const clients = report.rotations.flatMap((rotation) => rotation.clients).filter(({ group }) => group !== 'on-failure');
  const signIns = clients.flatMap((client) => client.signIns);
  const flips = report.rotations.flatMap((rotation) => rotation.runs).filter((run) => run.number > 0 && run.succeeded).length;
  const refused = signIns.filter(({ outcome }) => outcome === 'refused').length;
  return [{ what: `refused sign-ins of ${clients.length} re-reading clients, alternating, ${flips} rotations`, measured: `${refused} of ${signIns.length}`, aim: '0' }];
}

type Add = (stack: Stack, target: RotationTarget) => void;

function rehearse(root: string, scratch: string, name: string, options: readonly string[], add: Add): RehearsalReport {
  const assembly = join(scratch, name);
  const app = new App({ outdir: assembly });
  const stack = new Stack(app, 'Bench');
  const database = new DatabaseInstance(stack, 'Database', {
    engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17 }),
    vpc: new Vpc(stack, 'Vpc'),
    credentials: Credentials.fromGeneratedSecret('postgres'),
  });
  add(stack, RotationTarget.fromDatabaseInstance(database));
  app.synth();
  const json = join(scratch, `${name}.json`);
  execFileSync(process.execPath, [join(root, 'bin', 'cdk-secret-rotation'), 'rehearse', assembly, ...options, '--json', json, '--html', join(scratch, `${name}.html`)], {
    cwd: root, stdio: ['ignore', 'ignore', 'inherit'],
  });
  return JSON.parse(readFileSync(json, 'utf8')) as RehearsalReport;
}

/** The first rotation creates users; what every later one costs is what counts. */
function per(rotation: RotationReport, count: (run: RotationRun) => number): string {
  return rounded(median(rotation.runs.filter((run) => run.number > 1).map(count)), 0);
}

function secretsManagerCalls({ secretsManagerCalls: calls }: RotationRun): number {
  return Object.values(calls).reduce((sum, count) => sum + count, 0);
}
