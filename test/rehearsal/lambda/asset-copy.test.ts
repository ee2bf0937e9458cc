import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CA, directoryOf, removeFunctions } from './function-fixture';
import { AssetCopy } from '../../../rehearsal/lambda/asset-copy';

const OTHER_CA = '-----BEGIN CERTIFICATE-----\nof Amazon RDS\n-----END CERTIFICATE-----\n';

afterEach(removeFunctions);

test('only the certificate authorities of a copy are other ones', () => {
  const original = directoryOf({ 'index.js': 'code', 'ca/us-east-1.pem': OTHER_CA, 'ca/custom.pem': OTHER_CA, 'notes.pem': 'no certificate' });
  const copy = AssetCopy.of({ directory: original }, CA);
  const read = (name: string): string => readFileSync(join(copy.directory, name), 'utf8');
  expect([read('index.js'), read('ca/us-east-1.pem'), read('ca/custom.pem'), read('notes.pem')]).toEqual(['code', CA, CA, 'no certificate']);
  expect(readFileSync(join(original, 'ca/us-east-1.pem'), 'utf8')).toBe(OTHER_CA);
  copy.remove();
  expect(existsSync(copy.directory)).toBe(false);
});

test('the text of a template becomes index.js', () => {
  const copy = AssetCopy.of({ inline: 'inline code' }, CA);
  expect(readFileSync(join(copy.directory, 'index.js'), 'utf8')).toBe('inline code');
  copy.remove();
});
