import { until } from './stage';
import { type ClientsSettings, startClients } from '../../../rehearsal/clients';
import { LocalSecretsManager } from '../../../rehearsal/secrets-manager';
import { CertificateAuthority } from '../../../rehearsal/tls/certificate-authority';
import { uniqueName } from '../../support/postgres';

export type Fields = Readonly<Record<string, unknown>>;

export const authority = new CertificateAuthority('test CA');

/** A Secrets Manager, and one client that tries what a secret holds. */
export class Trials {
  /** Of the last trial. */
  signIns = 0;
  private readonly service = new LocalSecretsManager();
  private endpoint = '';

  async start(): Promise<void> {
    this.endpoint = (await this.service.start()).endpoint;
  }

  async stop(): Promise<void> {
    await this.service.stop();
  }

  /** How the sign-ins of one client went: `accepted`, or the outcome and its code. Fails when the report holds any of the secret's credentials. */
  async outcome(fields: Fields, settings: Partial<ClientsSettings>): Promise<string> {
    const { arn } = this.service.createSecret({ name: uniqueName(), secretString: JSON.stringify(fields) });
    const clients = await startClients({
      secretArn: arn,
      secretsManagerEndpoint: this.endpoint,
      region: 'us-east-1',
      hosts: {},
      caPem: authority.certificate,
      timeToLiveMs: 60_000,
      epochMs: Date.now(),
      perGroup: { 'each-time': 1, 'time-to-live': 0, 'on-failure': 0 },
      ...settings,
    });
    await until(() => this.service.calls.filter(call => call.secretArn === arn).length >= 2);
    const reports = await clients.stop();
    for (const credential of [fields.password, fields.secretAccessKey]) {
      if (credential !== undefined) expect(JSON.stringify(reports)).not.toContain(credential);
    }
    this.signIns = reports.reduce((sum, { signIns }) => sum + signIns.length, 0);
    const outcomes = reports.flatMap(({ signIns }) => signIns.map(({ outcome, code }) => [outcome, code].filter(Boolean).join(' ')));
    return [...new Set(outcomes)].join(', ');
  }
}
