import { createPrivateKey, X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { CertificateAuthority, KeyType } from '../../../rehearsal/tls/certificate-authority';

describe.each<KeyType>(['ecdsa-p256', 'rsa-2048'])('a certificate authority with %s keys', keyType => {
  const authority = new CertificateAuthority('a test CA', keyType);
  const root = new X509Certificate(authority.certificate);

  test('signs its own certificate, which may sign others', () => {
    expect(root.ca).toBe(true);
    expect(root.verify(root.publicKey)).toBe(true);
    expect(root.subject).toBe('CN=a test CA');
  });

  test('signs a certificate for exactly the named hosts', () => {
    const issued = new X509Certificate(authority.issue({ hosts: ['db.example.com', '127.0.0.1'] }).certificate);
    expect(issued.verify(root.publicKey)).toBe(true);
    expect(issued.checkIssued(root)).toBe(true);
    expect(issued.ca).toBe(false);
    expect(issued.checkHost('db.example.com')).toBe('db.example.com');
    expect(issued.checkHost('example.com')).toBeUndefined();
    expect(issued.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(issued.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  });

  test('gives the key that belongs to the certificate', () => {
    const { certificate, key } = authority.issue({ hosts: ['db.example.com'] });
    expect(new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))).toBe(true);
  });

  test('gives no two certificates the same serial number', () => {
    const serials = [1, 2].map(() => new X509Certificate(authority.issue({ hosts: ['a'] }).certificate).serialNumber);
    expect(serials[0]).not.toBe(serials[1]);
  });
});

test('the validity is to the second as asked for, in both forms that X.509 has for a time', () => {
  const authority = new CertificateAuthority();
  const inSeconds = (date: Date): Date => new Date(Math.floor(date.getTime() / 1000) * 1000);
  fc.assert(fc.property(
    fc.date({ min: new Date('1960-01-01'), max: new Date('2049-12-31'), noInvalidDate: true }),
    fc.date({ min: new Date('2050-01-01'), max: new Date('2400-01-01'), noInvalidDate: true }),
    (notBefore, notAfter) => {
      const issued = new X509Certificate(authority.issue({ hosts: ['a'], notBefore, notAfter }).certificate);
      expect([new Date(issued.validFrom), new Date(issued.validTo)]).toEqual([inSeconds(notBefore), inSeconds(notAfter)]);
    },
  ), { numRuns: 50 });
});

test('a self-signed certificate comes from no authority', () => {
  const issued = new X509Certificate(CertificateAuthority.selfSigned({ hosts: ['db.example.com'] }).certificate);
  expect(issued.verify(issued.publicKey)).toBe(true);
  expect(issued.issuer).toBe(issued.subject);
  expect(issued.ca).toBe(false);
});
