import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CertificateAuthorityFiles, certificateAuthorityFiles, readCertificateAuthorities } from '../../../../lambda/services/postgres/certificate-authorities';
import { rejection } from '../../../support/postgres-service';

describe('the CAs that are trusted', () => {
  let bundle: string;
  let files: CertificateAuthorityFiles;

  beforeEach(() => {
    bundle = mkdtempSync(join(tmpdir(), 'bundle-'));
    mkdirSync(join(bundle, 'ca'));
    files = { bundle, region: 'eu-west-1', runtimeFile: join(bundle, 'runtime.pem') };
  });
  afterEach(() => rmSync(bundle, { recursive: true }));

  const write = (name: string): void => writeFileSync(join(bundle, name), `content of ${name}`);

  test('are those of the file for the region', async () => {
    for (const name of ['ca/eu-west-1.pem', 'ca/us-east-1.pem', 'ca/custom.pem', 'runtime.pem']) write(name);
    expect(await readCertificateAuthorities(undefined, files)).toBe('content of ca/eu-west-1.pem');
  });

  test('are the construct\'s own and no others, where it has some', async () => {
    for (const name of ['ca/eu-west-1.pem', 'ca/custom.pem', 'runtime.pem']) write(name);
    expect(await readCertificateAuthorities(true, files)).toBe('content of ca/custom.pem');
  });

  test('are those of the Lambda runtime for a region without a file', async () => {
    write('runtime.pem');
    expect(await readCertificateAuthorities(undefined, files)).toBe('content of runtime.pem');
  });

  test.each([undefined, true])('fail as missing, naming the property, when there is none (custom: %p)', async custom => {
    if (custom) write('ca/eu-west-1.pem');
    const error = await rejection(readCertificateAuthorities(custom, files));
    expect(error.code).toBe('CA_MISSING');
    expect(error.remedy).toContain('`certificateAuthority`');
  });
});

test('the files are those beside the bundle, for the region of the function', () => {
  expect(certificateAuthorityFiles()).toEqual({
    bundle: join(__dirname, '../../../../lambda/services/postgres'), region: process.env.AWS_REGION, runtimeFile: '/var/runtime/ca-cert.pem',
  });
});
