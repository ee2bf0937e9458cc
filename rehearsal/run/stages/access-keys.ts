import { pastGrace, Stage, StageBuilder, StageContext } from './stage';
import type { EndpointConfig, IamRotationConfig, SesRotationConfig } from '../../../src/private/rotation-config';
import { LocalIam } from '../../access-keys';
import type { RotationDefinition } from '../../assembly/discovery';
import { parseObject, type SecretValues } from '../../assembly/secret-values';
import { Unresolvable } from '../../assembly/unresolvable';
import type { ClientService } from '../../clients';
import { LocalSmtp } from '../../smtp';

/** A fresh key is refused for so long. */
const PROPAGATION_MS = 1_000;
const TLS_AT_ONCE = [465, 2465];

type Config = IamRotationConfig & Partial<Pick<SesRotationConfig, 'sesRegion' | 'smtpEndpoint'>>;

/** IAM with STS, and Amazon SES's SMTP endpoint: their users are those of the assembly. */
export class AccessKeyStage implements StageBuilder {
  private readonly configs: Config[] = [];

  constructor(private readonly values: SecretValues) {}

  add({ config, secret }: RotationDefinition): void {
    const { accessKeyId, username } = parseObject(this.values.valueOf(secret));
    if (accessKeyId !== undefined || username !== undefined) {
      throw new Unresolvable('its secret holds an access key, which exists in IAM alone. Rehearse an app in which the rotation creates the secret');
    }
    const added = config as unknown as Config;
    const [first = added] = this.configs;
    if (accountOf(first) !== accountOf(added)) {
      throw new Unresolvable(`its user is of account ${accountOf(added)}, others of ${accountOf(first)}; one IAM stands in at a time. Rehearse the stacks of one account`);
    }
    this.configs.push(added);
  }

  async start({ authority, authorize }: StageContext): Promise<Stage> {
    const [, partition, , , account] = this.configs[0]?.userArn.split(':') ?? [];
    const iam = new LocalIam({ account, partition, authorize, lastUsed: 'late', propagationMs: PROPAGATION_MS });
    const { endpoint } = await iam.start();
    this.createUsers(iam);
    const mail = await Promise.all(this.smtpEndpoints().map(async ([region, { host, port }]) => {
      const smtp = new LocalSmtp({ iam, region, ...authority.issue({ hosts: [host] }) });
      const { address, startTlsAddress } = await smtp.start();
      return { smtp, name: `${host}:${port}`, address: TLS_AT_ONCE.includes(port) ? address : startTlsAddress };
    }));
    return {
      notes: [`A local IAM stands in for AWS's, with ${this.configs.map(({ userName }) => userName).join(', ')}`],
      trustsNode: true,
      servers: [],
      hosts: Object.fromEntries(mail.map(({ name, address }) => [name, address])),
      endpoints: { AWS_ENDPOINT_URL_IAM: endpoint, AWS_ENDPOINT_URL_STS: endpoint },
      calls: () => iam.calls.map(({ service, action, accessKeyId }) => ({ what: `${service.toUpperCase()} ${action}`, accessKeyId })),
      clientService: ({ config }): ClientService => config?.service === 'ses' ? { kind: 'smtp' } : { kind: 'access-key', stsEndpoint: endpoint },
      passTime: rotation => {
        iam.age(pastGrace(rotation));
        return pastGrace(rotation);
      },
      stop: async () => {
        await Promise.all(mail.map(({ smtp }) => smtp.stop()));
        await iam.stop();
      },
    };
  }

  /** Of an ARN `…:user/division/team/name` the path is `/division/team/`. */
  private createUsers(iam: LocalIam): void {
    const byArn = new Map(this.configs.map(({ userArn, userName }) => [userArn, userName]));
    for (const [userArn, userName] of byArn) {
      const path = userArn.slice(userArn.indexOf(':user/') + ':user'.length, userArn.length - userName.length);
      iam.createUser(userName, path === '' ? '/' : path);
    }
  }

  private smtpEndpoints(): readonly (readonly [string, EndpointConfig])[] {
    const byName = new Map(this.configs.flatMap(({ sesRegion, smtpEndpoint }) =>
      sesRegion === undefined || smtpEndpoint === undefined ? [] : [[`${smtpEndpoint.host}:${smtpEndpoint.port}`, [sesRegion, smtpEndpoint] as const] as const]));
    return [...byName.values()];
  }
}

function accountOf({ userArn }: Config): string | undefined {
  return userArn.split(':')[4];
}
