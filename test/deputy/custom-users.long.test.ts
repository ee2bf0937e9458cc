import type { Stage } from './attempt';
import { Decoy } from './decoy';
import { everyAttack } from './every-attack';
import { CustomUsersRotation, StrategyName, USERS } from '../support/custom-users-rig';
import { testAuthority } from '../support/postgres';

jest.setTimeout(120_000);

const BAIT = 'bait';
const ROOT = { username: 'root', password: 'the-password-of-root' };
/** The service, saying in addition whose login it was handed. */
const TELLING = USERS.replace('({ signal })', '({ signal, note })').replace('signIn: async (login) => {', 'signIn: async (login) => { note(`login ${login.username}`);');
const STRATEGIES: readonly StrategyName[] = ['single user', 'superuser', 'alternating users'];

let decoy: Decoy;
beforeAll(async () => { decoy = await Decoy.start(testAuthority.issue({ hosts: ['127.0.0.1'] })); });
afterAll(() => decoy.stop());

/** The service says where to sign in, and is handed nothing of the secret but a login. */
async function stage(strategy: StrategyName): Promise<Stage> {
  const rotation = await CustomUsersRotation.start(strategy, { remainingMs: 2_400, source: TELLING });
  const { rig, server, superuserSecretArn: arn } = rotation;
  server.passwords.set(BAIT, 'of-the-bait');
  const usernames = strategy === 'alternating users' ? ['app', 'app_clone'] : ['app'];
  const working = { username: 'app', password: 'the-first-password' };
  return {
    rig,
    working,
    ...strategy === 'single user' ? { fallback: { previous: working, current: { ...working, password: 'not-in-force' } } } : { superuser: { arn, value: ROOT } },
    pending: { username: usernames.at(-1), password: 'of-the-writer-0123456789' },
    facts: { engine: 'shelf', host: 'shelf.example.com', port: 7000 },
    usernames,
    allowed: strategy === 'single user' ? usernames : [...usernames, ROOT.username],
    signIns: async () => rig.lines.flatMap(({ notes = [] }) => notes as readonly { readonly detail?: string }[]).flatMap(({ detail = '' }) => /^login (.*)$/.exec(detail)?.[1] ?? []),
    bystanders: async () => server.passwords.get(BAIT),
    stop: () => rotation.stop(),
  };
}

for (const strategy of STRATEGIES) {
  const places = ['AWSCURRENT', 'AWSPENDING', 'AWSPREVIOUS', ...strategy === 'single user' ? [] : ['the superuser\'s secret'] as const] as const;
  everyAttack(`${strategy} of a service of one's own`, places, () => ({ decoy, bait: { username: BAIT }, start: () => stage(strategy) }));
}
