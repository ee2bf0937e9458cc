import type { Attack } from './attacks';
import type { Place, Stage } from './attempt';
import { Decoy } from './decoy';
import { everyAttack } from './every-attack';
import { multiCredentialStrategy } from '../../lambda/multi-credential/strategy';
import { SmtpCredentials } from '../../lambda/services/ses/smtp-credentials';
import { smtpPassword } from '../../lambda/services/ses/smtp-password';
import { AccessKeyPair, LocalIam } from '../../rehearsal/access-keys';
import type { SesRotationConfig } from '../../src/private/rotation-config';
import { authority, REGION, RunningSmtp, startSmtp, stopServers } from '../lambda/services/ses/ses-rig';
import { FAST } from '../support/access-key-rotation';
import { PASSWORD_POLICY, RotationRig } from '../support/rotation-rig';

jest.setTimeout(120_000);

const BAIT = 'Bait';
const DAY_MS = 86_400_000;

let iam: LocalIam;
let endpoint: RunningSmtp;
let decoy: Decoy;
let ofTheBait: object;
let users = 0;
beforeAll(async () => {
  iam = new LocalIam();
  process.env.AWS_ENDPOINT_URL_IAM = (await iam.start()).endpoint;
  endpoint = await startSmtp(iam);
  iam.createUser(BAIT);
  ofTheBait = loginOf(iam.createAccessKey(BAIT));
  decoy = await Decoy.start(authority.issue({ hosts: ['localhost', '127.0.0.1', '127.0.0.2'] }), endpoint.portOf(false));
});
afterAll(async () => {
  await decoy.stop();
  await stopServers();
  await iam.stop();
});

async function stage(place: Place): Promise<Stage> {
  const userName = `app-${++users}`;
  const { arn } = iam.createUser(userName);
  const [current, second] = [loginOf(iam.createAccessKey(userName)), loginOf(iam.createAccessKey(userName))];
  iam.age(2 * DAY_MS);
  const [called, signedIn] = [iam.calls.length, endpoint.smtp.signIns.length];
  const smtpEndpoint = { host: 'localhost', port: endpoint.portOf(false) };
  const rig = await RotationRig.start<SesRotationConfig>({
    config: { service: 'ses', passwordPolicy: PASSWORD_POLICY, userName, userArn: arn, sesRegion: REGION, smtpEndpoint },
    strategy: (config, invocation) => multiCredentialStrategy(() => new SmtpCredentials(config, invocation, authority.certificate), config, FAST),
    secretString: JSON.stringify(place === 'AWSPENDING' ? current : second), // else it becomes AWSPREVIOUS's
    remainingMs: 2_400,
  });
  return {
    rig,
    working: current,
    fallback: { previous: second, current },
    pending: second,
    facts: smtpEndpoint,
    allowed: [userName],
    signIns: async () => [
      ...iam.calls.slice(called).map(({ userName: name, keyId }) => name ?? ownerOf(String(keyId))),
      ...endpoint.smtp.signIns.slice(signedIn).map(({ accessKeyId }) => ownerOf(accessKeyId)),
    ],
    bystanders: async () => iam.keys(BAIT).map(({ accessKeyId, status }) => [accessKeyId, status]),
    stop: () => rig.stop(),
  };
}

function ownerOf(keyId: string): string {
  return iam.keys(BAIT).some(({ accessKeyId }) => accessKeyId === keyId) ? BAIT : `app-${users}`;
}

function loginOf({ accessKeyId, secretAccessKey }: AccessKeyPair): { readonly username: string; readonly password: string } {
  return { username: accessKeyId, password: smtpPassword(secretAccessKey, REGION) };
}

/** SMTP credentials of somebody else, which the writer knows. */
function otherLogins(): readonly Attack[] {
  return [{ ...ofTheBait }, { ...ofTheBait, password: 'x' }, { username: '*' }, { accessKeyId: 'x', secretAccessKey: 'y' }];
}

everyAttack('SMTP credentials of an IAM user', ['AWSCURRENT', 'AWSPENDING', 'AWSPREVIOUS'], () => ({ decoy, bait: { username: BAIT }, start: stage, more: otherLogins, stopping: 'AWSPENDING' }));
