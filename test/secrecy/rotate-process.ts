// Signs in to PostgreSQL, changes the user's own password and signs in with it, as a function does, and says so.
import { Credential } from '../../lambda/engine/contract/credential';
import { Deadline } from '../../lambda/engine/contract/deadline';
import { Measurements } from '../../lambda/engine/contract/measurements';
import { Connector } from '../../lambda/services/postgres/connector';
import { OwnUser } from '../../lambda/services/postgres/own-user';
import { TlsWire } from '../../lambda/services/postgres/wire';
import type { PostgresRotationConfig } from '../../src/private/rotation-config';

export interface Request {
  readonly config: PostgresRotationConfig;
  readonly current: string;
  readonly pending: string;
  /** The directory of the bundle, beside which the CA lies. */
  readonly bundle: string;
}

async function main({ config, current, pending, bundle }: Request): Promise<void> {
  const quiet = { info: () => undefined, warn: () => undefined };
  const invocation = { deadline: new Deadline(10_000), measurements: new Measurements(), log: quiet };
  const user = new OwnUser(new Connector(config, invocation, new TlsWire(undefined, { bundle, region: 'us-east-1', runtimeFile: 'none' })));
  const session = await user.signIn(new Credential(config.username, current));
  const credential = new Credential(config.username, pending);
  const apply = await session.prepareChange({ credential, secretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:app', versionId: 'a-version-of-32-characters-or-more' });
  await apply();
  const verification = await user.prepareVerification();
  await verification.signIn(credential);
  await verification.end();
  await session.end();
  process.stdout.write('rotated\n');
}

void main(JSON.parse(process.env.ROTATE ?? '{}') as Request);
