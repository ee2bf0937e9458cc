import { App, Duration, Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, Group, PolicyStatement, Role, User } from 'aws-cdk-lib/aws-iam';
import { EmailIdentity, Identity } from 'aws-cdk-lib/aws-ses';
import { MultiCredentialRotation, RotatingCredential, RotationRules } from 'cdk-secret-rotation';

const app = new App({ outdir: process.env.CDK_OUTDIR ?? 'cdk.out/access-keys' });
const stack = new Stack(app, 'AccessKeys');

// A partner's system outside AWS, which can hold nothing better than access keys.
const partner = new User(stack, 'Partner');
const keys = new MultiCredentialRotation(stack, 'PartnerKeys', {
  service: RotatingCredential.iamAccessKey(partner),
  rotationRules: RotationRules.rate(Duration.days(30)),
  // A week after a rotation the old key is deactivated: whoever forgot to fetch the new one shows while the old one can be brought back.
  deactivateAfter: Duration.days(7),
});

// What hands the keys to the partner may read the secret, and nothing else.
keys.secret.grantRead(new Role(stack, 'Delivery', { assumedBy: new AccountRootPrincipal() }));

// Mail of a shop that speaks SMTP. What it may send, its group says: the rotation adds nothing to the user.
const shop = new EmailIdentity(stack, 'ShopDomain', { identity: Identity.domain('shop.example.com') });
const senders = new Group(stack, 'Senders');
senders.addToPolicy(new PolicyStatement({ actions: ['ses:SendRawEmail'], resources: [shop.emailIdentityArn] }));

new MultiCredentialRotation(stack, 'ShopMail', {
  service: RotatingCredential.sesSmtp(new User(stack, 'ShopMailer', { groups: [senders] })),
  rotationRules: RotationRules.cron({ hour: '3', weekDay: 'SUN', window: Duration.hours(2) }),
});

app.synth();
