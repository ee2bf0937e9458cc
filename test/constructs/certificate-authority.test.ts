import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Lazy } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CERTIFICATE, configOf, EXPIRED_CERTIFICATE, newStack, publicTarget, warningIds } from '../support/constructs-fixtures';
import { SingleUserRotation } from 'cdk-secret-rotation';

/** The function's asset, as it lies in the cloud assembly. */
function assetOf(certificateAuthority?: string): string {
  const app = new App();
  const stack = newStack(undefined, app);
  new SingleUserRotation(stack, 'Rotation', { target: publicTarget(stack), username: 'app', certificateAuthority });
  const { directory } = app.synth();
  const [asset] = readdirSync(directory).filter((name) => name.startsWith('asset.'));
  return join(directory, asset ?? '');
}

const BUNDLE = join(__dirname, '..', '..', 'assets', 'lambda', 'single-user-postgres', 'index.js');

describe('certificateAuthority', () => {
  test('lies beside the bundle, which stays as it is', () => {
    const asset = assetOf(CERTIFICATE);
    expect(readFileSync(join(asset, 'ca', 'custom.pem'), 'utf8')).toBe(CERTIFICATE);
    expect(readFileSync(join(asset, 'index.js')).equals(readFileSync(BUNDLE))).toBe(true);
  });

  test('gives the same asset at each synthesis, and another one for other text', () => {
    const names = [CERTIFICATE, CERTIFICATE, CERTIFICATE + CERTIFICATE, undefined].map((text) => assetOf(text).split('/').pop());
    expect(names[0]).toBe(names[1]);
    expect(new Set(names).size).toBe(3);
  });

  test('is announced to the function, and its absence is not', () => {
    for (const [text, announced] of [[CERTIFICATE, true], [undefined, undefined]] as const) {
      const stack = newStack();
      new SingleUserRotation(stack, 'Rotation', { target: publicTarget(stack), username: 'app', certificateAuthority: text });
      expect(configOf(Template.fromStack(stack)).customCertificateAuthority).toBe(announced);
    }
  });

  test('gives a warning for expired certificates among others', () => {
    const stack = newStack();
    new SingleUserRotation(stack, 'Rotation', { target: publicTarget(stack), username: 'app', certificateAuthority: EXPIRED_CERTIFICATE + CERTIFICATE });
    expect(warningIds(stack)).toEqual(['cdk-secret-rotation:expired-certificate']);
  });

  test.each([
    ['a path', '/etc/ssl/ca.pem', 'contains no certificate; give PEM text'],
    ['a private key', `${CERTIFICATE}-----BEGIN PRIVATE KEY-----\n`, 'contains a private key; give the certificates alone'],
    ['text that is no certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', 'certificate 1 of certificateAuthority cannot be parsed'],
    ['expired certificates only', EXPIRED_CERTIFICATE, 'all certificates of certificateAuthority have expired: CN=Expired CA'],
    ['a token', Lazy.string({ produce: () => CERTIFICATE }), 'certificateAuthority must be known at synthesis'],
  ])('refuses %s', (_, text, message) => {
    const stack = newStack();
    expect(() => new SingleUserRotation(stack, 'Rotation', { target: publicTarget(stack), username: 'app', certificateAuthority: text }))
      .toThrow(message);
  });
});
