import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where a function's code comes from: a directory of the assembly, or a text in the template. */
export type FunctionCode = { readonly directory: string } | { readonly inline: string };

const CERTIFICATE_FILE = /\.(pem|crt|cer)$/;

/** A copy of a function's code in which only the certificate authorities are other ones, and that is gone with the rehearsal. */
export class AssetCopy {
  static of(code: FunctionCode, caPem: string): AssetCopy {
    const root = mkdtempSync(join(tmpdir(), 'cdk-secret-rotation-function-'));
    const directory = join(root, 'task');
    const caFile = join(root, 'ca-cert.pem');
    writeFileSync(caFile, caPem);
    if ('inline' in code) writeInline(directory, code.inline);
    else copy(code.directory, directory, caPem);
    return new AssetCopy(directory, caFile, root);
  }

  private constructor(readonly directory: string, readonly caFile: string, private readonly root: string) {}

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** CloudFormation puts a `ZipFile` of a Node.js function into `index.js`. */
function writeInline(directory: string, code: string): void {
  mkdirSync(directory);
  writeFileSync(join(directory, 'index.js'), code);
}

function copy(from: string, to: string, caPem: string): void {
  cpSync(from, to, { recursive: true, dereference: true });
  for (const file of filesIn(to)) {
    if (isCertificateFile(join(to, file))) writeFileSync(join(to, file), caPem);
    else assertEqual(join(from, file), join(to, file));
  }
}

function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter(file => statSync(join(directory, file)).isFile());
}

function isCertificateFile(file: string): boolean {
  return CERTIFICATE_FILE.test(file) && readFileSync(file, 'utf8').includes('BEGIN CERTIFICATE');
}

/** What is rehearsed is what is deployed. */
function assertEqual(original: string, copied: string): void {
  if (!readFileSync(original).equals(readFileSync(copied))) throw new Error(`${copied} differs from ${original}: the rehearsal would not run the app's own code`);
}
