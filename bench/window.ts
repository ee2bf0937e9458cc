import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, Row, rounded } from './measure';
import { findBinaries } from '../rehearsal/postgres/binaries';
import { PostgresServer } from '../rehearsal/postgres/server';
import { LocalSecretsManager } from '../rehearsal/secrets-manager';
import { CertificateAuthority } from '../rehearsal/tls/certificate-authority';
import { CA_DIRECTORY, CUSTOM_CA_FILE, PostgresRotationConfig, ROTATION_CONFIG } from '../src/private/rotation-config';

const ROTATIONS = 31;
const USER = { username: 'app', password: 'the-first-password' };
const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];

type Cutover = NonNullable<PostgresRotationConfig['cutover']>;
type Handler = (event: object, context: { getRemainingTimeInMillis(): number }) => Promise<void>;

/** How long a single user's old password is refused while the new one is not promoted yet, with the bundle, over TLS, warm, and with no clients beside it. */
export async function measureWindow(): Promise<Row[]> {
  const authority = new CertificateAuthority('bench');
  const server = await PostgresServer.start({
    binaries: findBinaries(join(__dirname, '..')), superuser: USER, ...authority.issue({ hosts: ['localhost'] }),
  });
  const bundle = bundleTrusting(authority.certificate);
  try {
    const single = await windows(bundle, server.port, 'SINGLE_STEP');
    const stepwise = await windows(bundle, server.port, 'STEPWISE');
    return [{
      what: `window of a single-user rotation, local server over TLS (median of ${ROTATIONS}); beside it \`STEPWISE\`, which in an account also waits for Secrets Manager between its steps`,
      measured: `${rounded(median(single))} ms; ${rounded(median(stepwise))} ms`,
      aim: '≤ 15 ms',
    }];
  } finally {
    await server.stop();
    rmSync(bundle, { recursive: true, force: true });
  }
}

function bundleTrusting(certificate: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'cdk-secret-rotation-bench-'));
  cpSync(join(__dirname, '..', 'assets', 'lambda', 'single-user-postgres'), copy, { recursive: true });
  writeFileSync(join(copy, CA_DIRECTORY, CUSTOM_CA_FILE), certificate);
  return copy;
}

async function windows(bundle: string, port: number, cutover: Cutover): Promise<number[]> {
  const secretsManager = new LocalSecretsManager();
  const { endpoint } = await secretsManager.start();
  const output = new Output();
  try {
    const { arn } = secretsManager.createSecret({ name: `bench-${randomUUID()}`, secretString: JSON.stringify(currentUser) });
    secretsManager.enableRotation(arn, { functionArn: 'arn:aws:lambda:us-east-1:111122223333:function:bench' });
    configure(endpoint, port, cutover);
    const handler = load(bundle);
    const measured: number[] = [];
    for (let rotation = 0; rotation <= ROTATIONS; rotation++) {
      const window = await rotate(handler, secretsManager, arn, output);
      if (rotation > 0) measured.push(window); // the first one warms the process up
    }
    const { AWSCURRENT = '' } = secretsManager.snapshot(arn).labels;
    currentUser = JSON.parse(secretsManager.valueOf(arn, AWSCURRENT)?.secretString ?? '{}') as typeof USER;
    return measured;
  } finally {
    output.release();
    await secretsManager.stop();
  }
}

/** Both measurements rotate the same user of the same server. */
let currentUser: typeof USER = USER;

function configure(endpoint: string, port: number, cutover: Cutover): void {
  const config: PostgresRotationConfig = {
    host: 'localhost',
    port,
    databaseName: 'postgres',
    username: USER.username,
    cutover,
    customCertificateAuthority: true,
    passwordPolicy: {
      length: 32, excludeCharacters: '', excludeLowercase: false, excludeUppercase: false, excludeNumbers: false, excludePunctuation: true, requireEachIncludedType: true,
    },
  };
  Object.assign(process.env, {
    [ROTATION_CONFIG]: JSON.stringify(config),
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'AKIABENCH',
    AWS_SECRET_ACCESS_KEY: 'not-checked-here',
  });
}

function load(bundle: string): Handler {
  const file = join(bundle, 'index.js');
  delete require.cache[file]; // its client remembers the endpoint
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the bundle is what users run
  return (require(file) as { readonly handler: Handler }).handler;
}

async function rotate(handler: Handler, secretsManager: LocalSecretsManager, arn: string, output: Output): Promise<number> {
  output.lines.length = 0;
  const token = secretsManager.beginRotation(arn);
  for (const Step of STEPS) await handler({ Step, SecretId: arn, ClientRequestToken: token }, { getRemainingTimeInMillis: () => 30_000 });
  const promoted = secretsManager.calls.filter(({ action }) => action === 'UpdateSecretVersionStage').at(-1)?.at.getTime() ?? NaN;
  const lines = output.lines.map((line) => JSON.parse(line) as { readonly windowStartedAt?: number; readonly RefusalWindow?: number });
  const whole = lines.find(({ RefusalWindow }) => RefusalWindow !== undefined)?.RefusalWindow;
  return whole ?? promoted - (lines.find(({ windowStartedAt }) => windowStartedAt !== undefined)?.windowStartedAt ?? NaN);
}

/** Takes the lines of the function off standard output. */
class Output {
  readonly lines: string[] = [];
  private readonly write = process.stdout.write;

  constructor() {
    process.stdout.write = (chunk: string | Uint8Array): boolean => {
      this.lines.push(String(chunk));
      return true;
    };
  }

  release(): void {
    process.stdout.write = this.write;
  }
}
