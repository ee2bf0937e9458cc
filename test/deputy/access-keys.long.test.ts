import type { Attack, Bait } from './attacks';
import type { Place, Stage } from './attempt';
import { Decoy } from './decoy';
import { everyAttack } from './every-attack';
import { multiCredentialStrategy } from '../../lambda/multi-credential/strategy';
import { AccessKeys } from '../../lambda/services/iam/access-keys';
import { AccessKeyPair, LocalIam } from '../../rehearsal/access-keys';
import type { IamRotationConfig } from '../../src/private/rotation-config';
import { authority } from '../lambda/services/ses/ses-rig';
import { FAST } from '../support/access-key-rotation';
import { PASSWORD_POLICY, RotationRig } from '../support/rotation-rig';

jest.setTimeout(120_000);

const BAIT = 'Bait';
const DAY_MS = 86_400_000;

let iam: LocalIam;
let decoy: Decoy;
let ofTheBait: AccessKeyPair;
let users = 0;
beforeAll(async () => {
  iam = new LocalIam();
  const { endpoint } = await iam.start();
  Object.assign(process.env, { AWS_ENDPOINT_URL_IAM: endpoint, AWS_ENDPOINT_URL_STS: endpoint });
  iam.createUser(BAIT);
  ofTheBait = iam.createAccessKey(BAIT);
  decoy = await Decoy.start(authority.issue({ hosts: ['127.0.0.1'] }));
});
afterAll(async () => {
  await decoy.stop();
  await iam.stop();
});

async function stage(place: Place): Promise<Stage> {
  const userName = `app-${++users}`;
  const { arn } = iam.createUser(userName);
  const [current, second] = [iam.createAccessKey(userName), iam.createAccessKey(userName)];
  iam.age(2 * DAY_MS);
  const called = iam.calls.length;
  const rig = await RotationRig.start<IamRotationConfig>({
    config: { service: 'iam', passwordPolicy: PASSWORD_POLICY, userName, userArn: arn },
    strategy: (config, invocation) => multiCredentialStrategy(() => new AccessKeys(config, invocation), config, FAST),
    secretString: JSON.stringify(place === 'AWSPENDING' ? current : second), // else it becomes AWSPREVIOUS's
    remainingMs: 2_400,
  });
  return {
    rig,
    working: current,
    fallback: { previous: second, current },
    pending: second,
    facts: {},
    allowed: [userName],
    signIns: async () => iam.calls.slice(called).filter(({ service }) => service === 'iam').map((call) => call.userName ?? ownerOf(call.keyId)), // STS is asked whose a key is
    bystanders: async () => iam.keys(BAIT).map(({ accessKeyId, status }) => [accessKeyId, status]),
    stop: () => rig.stop(),
  };
}

function ownerOf(keyId: string | undefined): string {
  return iam.keys(BAIT).some(({ accessKeyId }) => accessKeyId === keyId) ? BAIT : `app-${users}`;
}

/** Keys of somebody else, whose ids the writer may know. */
function otherKeys({ username }: Bait): readonly Attack[] {
  const { accessKeyId } = ofTheBait;
  return [
    { accessKeyId }, { ...ofTheBait }, { AccessKeyId: accessKeyId }, { accessKeyId: [accessKeyId] }, { accessKeyId: '*' }, { accessKeyId: '' }, { accessKeyId: `${accessKeyId}&UserName=${username}` }, { UserName: username }, { username: accessKeyId },
  ];
}

everyAttack('access keys of an IAM user', ['AWSCURRENT', 'AWSPENDING', 'AWSPREVIOUS'], () => ({ decoy, bait: { username: BAIT }, start: stage, more: otherKeys, stopping: 'AWSPENDING' }));
