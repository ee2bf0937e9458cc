import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { RotationRules, RotationTarget, SingleUserRotation } from 'cdk-secret-rotation';

const app = new App({ outdir: process.env.CDK_OUTDIR ?? 'cdk.out/existing-database' });
const stack = new Stack(app, 'ExistingDatabase');

// A server that CDK has no construct for, with a certificate of the company's own authority.
new SingleUserRotation(stack, 'Billing', {
  target: RotationTarget.postgres({
    host: 'billing.db.example.com',
    port: 5432,
    databaseName: 'billing',
    vpc: new Vpc(stack, 'Vpc', { maxAzs: 2 }),
  }),
  username: 'billing',
  // It exists, and holds a password that the database knows: the rotation is tested at deployment, and first run on schedule.
  secret: Secret.fromSecretNameV2(stack, 'Secret', 'billing/database'),
  certificateAuthority: readFileSync(join(__dirname, 'ca.pem'), 'utf8'),
  rotationRules: RotationRules.rate(Duration.days(30)),
});

app.synth();
