import { AlternatingUsersStrategy, ConvergeRequest } from '../../../lambda/alternating-users/strategy';
import { Credential, StoredCredential } from '../../../lambda/engine/contract/credential';
import { PasswordRejected, SignInRefused } from '../../../lambda/engine/contract/errors';
import { PasswordSession, Verification } from '../../../lambda/engine/contract/password-session';
import { RotationStrategy } from '../../../lambda/engine/strategy';
import { SingleUserStrategy } from '../../../lambda/single-user/strategy';
import { ExternalCalls } from '../../support/external-calls';
import { PASSWORD_POLICY, RotationRig } from '../../support/rotation-rig';

/** A service in memory whose password policy refuses the first password that it is given. PostgreSQL has no such policy without an extension. */
class PickyService {
  readonly facts = {};
  readonly usernames = ['app', 'app_clone'] as const;
  readonly passwords = new Map([['app', 'the-first-password']]);
  private refusals = 1;

  async signIn(credential: Credential): Promise<PasswordSession> {
    this.check(credential);
    return {
      lock: async () => undefined,
      prepareChange: async (pending) => async () => this.set(pending),
      putBack: async () => undefined,
      end: async () => undefined,
    };
  }

  async prepareVerification(): Promise<Verification> {
    return { signIn: async (credential) => this.check(credential), end: async () => undefined };
  }

  async converge({ fence }: ConvergeRequest): Promise<void> {
    this.set((await fence()).pending);
  }

  async verify(credential: Credential): Promise<void> {
    this.check(credential);
  }

  async preflight(): Promise<void> {
    return undefined;
  }

  private set({ credential }: StoredCredential): void {
    if (this.refusals-- > 0) throw new PasswordRejected('the policy does not like it', { remedy: 'Rotate again' });
    this.passwords.set(credential.username, credential.password);
  }

  private check({ username, password }: Credential): void {
    if (this.passwords.get(username) !== password) throw new SignInRefused(username, 'wrong password', { remedy: 'none' });
  }
}

const strategies: Record<string, (service: PickyService) => RotationStrategy> = {
  'single user': (service) => new SingleUserStrategy(service, { username: 'app', passwordPolicy: PASSWORD_POLICY }),
  'single user, stepwise': (service) => new SingleUserStrategy(service, { username: 'app', passwordPolicy: PASSWORD_POLICY, cutover: 'STEPWISE' }),
  'alternating users': (service) => new AlternatingUsersStrategy(service, { passwordPolicy: PASSWORD_POLICY, superuserSecretArn: 'superuser' }),
};

describe.each(Object.keys(strategies))('a password that the service definitely refuses (%s)', (name) => {
  let rig: RotationRig;
  let service: PickyService;
  beforeEach(async () => {
    service = new PickyService();
    rig = await RotationRig.start({ config: {}, strategy: () => strategies[name]?.(service) as RotationStrategy, secretString: '{"username":"app","password":"the-first-password"}' });
    rig.secretsManager.createSecret({ name: 'superuser', secretString: '{"username":"root","password":"any"}' });
  });
  afterEach(() => rig.stop());

  test('is given up, not retried for ever: the next token draws another and succeeds without a human', async () => {
    const refused = rig.begin();
    await expect(rig.steps(refused)).rejects.toThrow(/PASSWORD_REJECTED/);
    await expect(rig.steps(refused)).rejects.toThrow(/TOKEN_UNKNOWN/);
    const token = await rig.rotate();
    expect(rig.secretsManager.snapshot(rig.secretArn).labels.AWSCURRENT).toBe(token);
    expect(rig.value(token)?.password).not.toBe(rig.value(refused)?.password);
  });

  test('loses the recovery label first: killed between the two, the next rotation adopts nothing that was refused', async () => {
    const refused = rig.begin();
    const calls = new ExternalCalls();
    calls.fault = { kind: 'killed before', get index() { return calls.seen.findIndex((call, index) => call.what === 'UpdateSecretVersionStage' && calls.seen.slice(0, index).some(({ what }) => what === call.what)); } };
    calls.install();
    await expect(calls.run(() => rig.steps(refused))).rejects.toThrow('killed');
    calls.uninstall();
    expect(Object.keys(rig.secretsManager.snapshot(rig.secretArn).labels).sort()).toEqual(['AWSCURRENT', 'AWSPENDING']);
    await rig.cancel();
    await rig.rotate();
    expect(rig.labelled('AWSCURRENT')?.password).not.toBe(rig.value(refused)?.password);
  });
});
