import { randomUUID } from 'node:crypto';
import { RotationHandler } from '../../lambda/engine/handler';
import { PASSWORD_POLICY, RigOptions, RotationRig } from '../support/rotation-rig';

export const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
/** The shipped handlers, by strategy and service. */
export const ROOTS = [
  ['single-user', 'postgres'], ['superuser', 'postgres'], ['alternating-users', 'postgres'], ['multi-credential', 'iam'], ['multi-credential', 'ses'],
  ['multi-credential', 'redis'], ['multi-credential', 'elasticache'], ['multi-credential', 'memorydb'],
] as const;

/** Those that read a superuser's secret. */
export const SUPERUSERS = ROOTS.filter(([strategy, service]) => ['superuser', 'alternating-users'].includes(strategy) || service === 'redis');

const NOWHERE = { host: '127.0.0.1', port: 1 };
/** Of every service at once: each takes what it knows. */
const CONFIG = {
  ...NOWHERE,
  passwordPolicy: PASSWORD_POLICY,
  databaseName: 'postgres',
  username: 'app',
  alternateUsername: 'app_clone',
  userName: 'app',
  userArn: 'arn:aws:iam::111122223333:user/app',
  sesRegion: 'us-east-1',
  smtpEndpoint: NOWHERE,
  nodes: [NOWHERE],
  userId: 'app',
  endpoint: NOWHERE,
};
const SERVICES = ['IAM', 'STS', 'ELASTICACHE', 'MEMORYDB'];
/** Little: nothing that is asked for here is worth a wait. */
const REMAINING_MS = 60;

/** A shipped handler whose service cannot be reached: for what it must refuse before it asks anybody. A rejection that nobody handles ends the tests' process. */
export class RootRig {
  static async start(strategy: string, service: string, options: Partial<RigOptions<object>> = {}): Promise<RootRig> {
    const rig = await RotationRig.start<object>({
      strategy: () => { throw new Error('the handler of the composition root is invoked instead'); },
      secretString: '{"username":"app","password":"the-first-password"}',
      ...options,
      config: { ...CONFIG, service },
    });
    for (const name of SERVICES) process.env[`AWS_ENDPOINT_URL_${name}`] = 'http://127.0.0.1:1';
    return new RootRig(rig, jest.requireActual<{ readonly handler: RotationHandler }>(`../../lambda/${strategy}/${service}`).handler);
  }

  private constructor(readonly rig: RotationRig, private readonly handler: RotationHandler) {}

  stop(): Promise<void> {
    return this.rig.stop();
  }

  newSecret(secretString: string): string {
    const { arn } = this.rig.secretsManager.createSecret({ name: randomUUID(), secretString });
    return arn;
  }

  invoke(Step: string, SecretId: string, ClientRequestToken: string): Promise<unknown> {
    return this.send({ Step, SecretId, ClientRequestToken });
  }

  /** What came of an event: `done`, or the failure. What was written for the event before is forgotten. */
  send(event: unknown): Promise<unknown> {
    this.rig.output = '';
    const ends = Date.now() + REMAINING_MS;
    return this.handler(event, { getRemainingTimeInMillis: () => ends - Date.now() }).then(() => 'done', (error: unknown) => error);
  }
}
