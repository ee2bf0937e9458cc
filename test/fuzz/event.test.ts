import * as fc from 'fast-check';
import { unreasoned } from './reasoned';
import { ROOTS, RootRig, STEPS } from './root-rig';
import { runs } from './runs';
import type { AuthorizationDecision, AuthorizationRequest } from '../../rehearsal/secrets-manager';

const KEYS = ['Step', 'SecretId', 'ClientRequestToken', 'RotationToken'];

describe.each(ROOTS)('the handler of %s/%s, invoked with anything', (strategy, service) => {
  let root: RootRig;
  let secretArn: string;
  let otherArn: string;

  beforeAll(async () => {
    // As the function's role is allowed to: its own secret, and no other.
    const authorize = ({ secretArn: asked }: AuthorizationRequest): AuthorizationDecision => ({ allowed: asked === secretArn, reason: 'no identity-based policy allows it' });
    root = await RootRig.start(strategy, service, { authorize });
    secretArn = root.rig.secretArn;
    otherArn = root.newSecret('{"username":"root","password":"of-somebody-else"}');
  });
  afterAll(() => root.stop());

  function secrets(): unknown {
    return [secretArn, otherArn].map((arn) => root.rig.secretsManager.snapshot(arn));
  }

  test('fails with a reason for what is no event, and calls nobody', async () => {
    const before = secrets();
    await fc.assert(fc.asyncProperty(fc.oneof(fc.jsonValue(), malformedEvent(secretArn)), async (event) => {
      const calls = root.rig.calls.length;
      const failure = await root.send(event);
      expect(unreasoned(failure)).toBeUndefined();
      expect(['MALFORMED_EVENT', 'UNKNOWN_STEP']).toContain((failure as Error).name);
      expect(root.rig.calls.length).toBe(calls);
      expectTokenKept(root.rig.output, event);
    }), runs(200));
    expect(secrets()).toEqual(before);
  });

  test('fails with a reason for an event that Secrets Manager never sent, and changes nothing', async () => {
    const before = secrets();
    await fc.assert(fc.asyncProperty(forgedEvent(secretArn, otherArn), async (event) => {
      const calls = root.rig.calls.length;
      const outcome = await root.send(event);
      if (outcome === 'done') expect(root.rig.calls.length).toBe(calls); // a step in which this strategy has nothing to do
      else expect(unreasoned(outcome)).toBeUndefined();
      expectTokenKept(root.rig.output, event);
    }), runs(60));
    expect(secrets()).toEqual(before);
  });
});

describe('a handler', () => {
  let root: RootRig;
  beforeAll(async () => { root = await RootRig.start('single-user', 'postgres'); });
  afterAll(() => root.stop());

  // Every object has members of these names; no version of a secret does, so none may be found.
  test.each(['__proto__', 'constructor', 'toString'])('fails with a reason for a version named %s', async (token) => {
    for (const step of STEPS) expect(unreasoned(await root.invoke(step, root.rig.secretArn, token))).toBeUndefined();
  });
});

/** The token of an event is sensitive, whatever is wrong with the event (AWS: "Lambda rotation functions", the parameters of a rotation function). */
function expectTokenKept(output: string, event: unknown): void {
  const token: unknown = (event as { readonly RotationToken?: unknown } | null)?.RotationToken;
  const [line = '', ...more] = output.trimEnd().split('\n');
  expect(more).toEqual([]);
  expect(() => void JSON.parse(line)).not.toThrow();
  if (typeof token === 'string' && token.length >= 12) expect(line).not.toContain(JSON.stringify(token).slice(1, -1));
}

function rotationToken(): fc.Arbitrary<string> {
  return fc.oneof(fc.uuid(), fc.string({ unit: 'binary', minLength: 36, maxLength: 256 })).map((text) => `token-of-the-rotation-${text}`);
}

const HUGE = 'x'.repeat(300_000);

function anyText(): fc.Arbitrary<string> {
  return fc.oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.constantFrom('__proto__', 'constructor', 'toString', '\0', 'x\n{"level":"INFO"}', '\ud800', HUGE));
}

/** Known keys, each of them right or anything else, at least one of them wrong; besides them keys that could reach a prototype. */
function malformedEvent(secretArn: string): fc.Arbitrary<unknown> {
  const right = { Step: fc.constantFrom(...STEPS), SecretId: fc.constant(secretArn), ClientRequestToken: fc.uuid(), RotationToken: rotationToken() };
  const wrong = fc.oneof(fc.jsonValue().filter((value) => typeof value !== 'string'), fc.constant(''), fc.constant({ __proto__: null, toString: 1 }));
  const wrongStep = fc.oneof(wrong, anyText().filter((step) => !['retire', ...STEPS].includes(step)));
  const others = fc.dictionary(anyText().filter((key) => !KEYS.includes(key)), fc.jsonValue(), { maxKeys: 3 });
  return fc.tuple(fc.record(right), fc.constantFrom(...KEYS), wrong, wrongStep, others)
    .map(([event, key, value, step, more]) => asJson({ ...more, ...event, [key]: key === 'Step' ? step : value }, more));
}

/** All keys are strings, as they must be, and the version is none that Secrets Manager ever asked for. */
function forgedEvent(secretArn: string, otherArn: string): fc.Arbitrary<unknown> {
  return fc.record({
    Step: fc.constantFrom(...STEPS),
    SecretId: fc.oneof(fc.constantFrom(secretArn, otherArn, otherArn.slice(0, -7), 'of-somebody-else', secretArn.replace('111122223333', '999999999999')), anyText()),
    ClientRequestToken: fc.oneof(fc.uuid(), anyText()),
    RotationToken: fc.option(rotationToken(), { nil: undefined }),
  }).map((event) => asJson(event));
}

/** As Lambda makes an event: `__proto__` is a key like any other. */
function asJson(event: object, polluting: object = {}): unknown {
  return JSON.parse(`{"__proto__":${JSON.stringify({ Step: 'createSecret', ...polluting })},${JSON.stringify(event).slice(1)}`) as unknown;
}
