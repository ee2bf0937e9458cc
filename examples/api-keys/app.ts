import { join } from 'node:path';
import { App, Duration, Stack, Validations } from 'aws-cdk-lib';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { MultiCredentialRotation, RotatingCredential, RotationRules } from 'cdk-secret-rotation';

const app = new App({ outdir: process.env.CDK_OUTDIR ?? 'cdk.out/api-keys' });
const stack = new Stack(app, 'ApiKeys');

// The administrator's token: what the vendor gave is put into this secret by hand.
const administrator = new Secret(stack, 'Administrator', {
  generateSecretString: { secretStringTemplate: '{}', generateStringKey: 'token', excludePunctuation: true },
});
Validations.of(administrator).acknowledge({ id: 'AwsSolutions-SMG4', reason: 'the vendor has no API by which this token could be rotated' });

// Keys of a vendor that this library has never heard of: the file says how to list, issue, verify and retire one.
const keys = new MultiCredentialRotation(stack, 'Keys', {
  service: RotatingCredential.custom({
    entry: join(__dirname, 'service.js'),
    environment: { KEYS_HOST: 'keys.example.com:443', KEYS_PRINCIPAL: 'shop' },
  }),
  superuserSecret: administrator,
  rotationRules: RotationRules.rate(Duration.days(14)),
});
keys.secret.grantRead(new Role(stack, 'Shop', { assumedBy: new AccountRootPrincipal() }));

app.synth();
