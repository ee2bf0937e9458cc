import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { CfnUser } from 'aws-cdk-lib/aws-elasticache';
import { CfnUser as CfnMemoryDbUser } from 'aws-cdk-lib/aws-memorydb';
import { DatabaseUserSecret, MultiCredentialRotation, RotatingCredential, RotationRules } from 'cdk-secret-rotation';

const app = new App({ outdir: process.env.CDK_OUTDIR ?? 'cdk.out/redis-users' });
const stack = new Stack(app, 'RedisUsers');
const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 });

// Servers of one's own, which were set up with this administrator: it changes its own passwords, at every node.
const nodes = [{ host: 'redis-a.cache.example.com' }, { host: 'redis-b.cache.example.com' }];
const certificateAuthority = readFileSync(join(__dirname, 'ca.pem'), 'utf8');
const admin = new DatabaseUserSecret(stack, 'Admin', { username: 'admin' });
new MultiCredentialRotation(stack, 'AdminRotation', {
  service: RotatingCredential.redisUser({ username: 'admin', nodes, certificateAuthority, vpc }),
  secret: admin,
  rotationRules: RotationRules.cron({ hour: '3', weekDay: 'SAT', window: Duration.hours(2) }),
});

// It makes the user of the application, too, and changes that one's passwords.
new MultiCredentialRotation(stack, 'Sessions', {
  service: RotatingCredential.redisUser({
    username: 'sessions',
    nodes,
    aclRules: 'on ~session:* &* +@all -@dangerous',
    certificateAuthority,
    vpc,
  }),
  superuserSecret: admin,
  rotationRules: RotationRules.cron({ hour: '3', weekDay: 'SUN', window: Duration.hours(2) }),
});

// A user of ElastiCache begins with the password that the secret was made with, and is there before the first rotation. A later change of
// the user in the template tells ElastiCache the current password alone: leave it to times when clients may read the secret again.
const cart = new MultiCredentialRotation(stack, 'Cart', {
  service: RotatingCredential.elastiCacheUser({
    userId: 'shop-cart',
    username: 'cart',
    endpoint: { host: 'master.shop.abc123.euw1.cache.amazonaws.com' },
    vpc,
    securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'CacheGroup', 'sg-0123456789abcdef0')],
  }),
  rotationRules: RotationRules.rate(Duration.days(7)),
});
const cartUser = new CfnUser(stack, 'CartUser', {
  engine: 'valkey',
  userId: 'shop-cart',
  userName: 'cart',
  accessString: 'on ~cart:* +@all -@dangerous',
  authenticationMode: { Type: 'password', Passwords: [cart.secret.secretValueFromJson('password').unsafeUnwrap()] },
});
cart.schedule.node.addDependency(cartUser);

// The same with MemoryDB; without an endpoint the rotation takes the service's word.
const ledger = new MultiCredentialRotation(stack, 'Ledger', {
  service: RotatingCredential.memoryDbUser({ userName: 'ledger' }),
  rotationRules: RotationRules.rate(Duration.days(7)),
});
const ledgerUser = new CfnMemoryDbUser(stack, 'LedgerUser', {
  userName: 'ledger',
  accessString: 'on ~ledger:* +@all -@dangerous',
  authenticationMode: { Type: 'password', Passwords: [ledger.secret.secretValueFromJson('password').unsafeUnwrap()] },
});
ledger.schedule.node.addDependency(ledgerUser);

app.synth();
