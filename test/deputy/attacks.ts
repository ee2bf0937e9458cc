import type { Decoy } from './decoy';

/** Members that a writer of the secret sets, to make the function go where it must not go. */
export type Attack = Readonly<Record<string, unknown>>;

/** Whose secret, and credential, the writer knows. */
export interface Bait {
  readonly secretArn: string;
  readonly username: string;
}

/** Whatever a client, a driver or a careless handler could take for an address, a user, a switch or a secret. */
export function attacks(decoy: Decoy, bait: Bait): readonly Attack[] {
  return [...addresses(decoy), ...switches(), ...users(bait), ...secrets(bait)];
}

function addresses({ host, port }: Decoy): readonly Attack[] {
  const here = `127.0.0.1:${port}`;
  return [
    { host }, { port }, { port: String(port) }, { host: '127.0.0.1', port }, { host: [host], port: [port] }, { hostaddr: host },
    { hostname: host, port }, { address: here }, { endpoint: here },
    { endpoint: { host: '127.0.0.1', port } }, { clientEndpoint: { host: '127.0.0.1', port } }, { verifyEndpoints: [{ host: '127.0.0.1', port }] },
    { nodes: [{ host: '127.0.0.1', port }] }, { smtpEndpoint: { host: '127.0.0.1', port } },
    { url: `postgres://app@${here}/postgres` }, { uri: `rediss://app@${here}` }, { connectionString: `host=127.0.0.1 port=${port}` },
    { jdbcUrl: `jdbc:postgresql://${here}/postgres` }, { readerEndpoint: here },
    { proxyHost: '127.0.0.1', proxyPort: port }, { proxy: `http://${here}` }, { HTTPS_PROXY: `http://${here}` },
    { PGHOST: '127.0.0.1', PGPORT: String(port) }, { AWS_ENDPOINT_URL: `http://${here}`, AWS_ENDPOINT_URL_STS: `http://${here}` }, { region: here },
    { ['__proto__']: { host: '127.0.0.1', port } }, { constructor: { prototype: { host: '127.0.0.1', port } } }, { dbClusterIdentifier: here },
    { dbInstanceIdentifier: here }, { stream: { host: '127.0.0.1', port } }, { lookup: here },
  ];
}

function switches(): readonly Attack[] {
  return [
    { engine: 'mysql' }, { engine: { name: 'postgres' } }, { dbname: 'template1' }, { database: 'template1' }, { ssl: false }, { ssl: 'false' },
    { ssl: { rejectUnauthorized: false } }, { sslmode: 'disable' }, { tls: null }, { rejectUnauthorized: false },
    { sslrootcert: '/dev/null' }, { ca: '' }, { customCertificateAuthority: false }, { servername: 'example.com' },
    { options: '-c log_statement=all' }, { query_timeout: 1 }, { passwordPolicy: { length: 1 } }, { nopass: true }, { aclRules: 'on nopass' },
    { service: 'custom' },
  ];
}

function users({ username }: Bait): readonly Attack[] {
  return [
    { username }, { username: [username] }, { username: '' }, { username: `${username}\0` }, { username: 'APP' }, { user: username },
    { userName: username }, { userId: username }, { alternateUsername: username }, { ownerRole: username },
    { memberOf: [username] }, { role: username }, { masterUsername: username }, { PGUSER: username }, { session_user: username },
  ];
}

function secrets({ secretArn, username }: Bait): readonly Attack[] {
  return [
    { masterarn: secretArn }, { masterArn: secretArn }, { superuserSecretArn: secretArn }, { secretArn, ARN: secretArn, SecretId: secretArn },
    { user_arn: secretArn }, { userArn: `arn:aws:iam::111122223333:user/${username}` }, { masterarn: [secretArn] },
    { RotationToken: secretArn, ClientRequestToken: secretArn }, { Step: 'finishSecret', SecretId: secretArn },
  ];
}
