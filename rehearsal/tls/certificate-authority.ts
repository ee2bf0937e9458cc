import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import { bitString, Der, explicit, implicit, integer, nothing, objectIdentifier, octetString, pem, sequence, set, time, utf8String, yes } from './der';

const DAY_MS = 86_400_000;

export interface ServerCertificate {
  /** PEM: the server's certificate. */
  readonly certificate: string;
  /** PEM (PKCS #8). */
  readonly key: string;
}

export interface IssueOptions {
  /** DNS names and IP addresses that the certificate is good for. */
  readonly hosts: readonly string[];
  /** @default yesterday */
  readonly notBefore?: Date;
  /** @default in 30 days */
  readonly notAfter?: Date;
}

export type KeyType = 'ecdsa-p256' | 'rsa-2048';

/**
 * A certificate authority that lives as long as the process: what Amazon RDS's is to a real database. It writes X.509
 * (RFC 5280) itself, because the libraries that do bring a dependency container and global polyfills into the shipped command.
 */
export class CertificateAuthority {
  /** A certificate that no authority signed but the server's own key. */
  static selfSigned(options: IssueOptions): ServerCertificate {
    const key = newKey('ecdsa-p256');
    return serverCertificate(options, key, { signer: key, issuer: options.hosts[0] ?? 'nobody' });
  }

  /** PEM: what clients trust. */
  readonly certificate: string;
  private readonly key: KeyObject;

  constructor(private readonly commonName = 'cdk-secret-rotation rehearsal CA', private readonly keyType: KeyType = 'ecdsa-p256') {
    this.key = newKey(keyType);
    this.certificate = certificate({
      subject: commonName, issuer: commonName, key: this.key, signer: this.key, ...validity({}), extensions: authorityExtensions(),
    });
  }

  issue(options: IssueOptions): ServerCertificate {
    const key = newKey(this.keyType);
    return serverCertificate(options, key, { signer: this.key, issuer: this.commonName });
  }

}

interface CertificateParts {
  readonly subject: string;
  readonly issuer: string;
  readonly key: KeyObject;
  readonly signer: KeyObject;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: readonly Der[];
}

function newKey(type: KeyType): KeyObject {
  const pair = type === 'rsa-2048' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  // A copy without the other half of the pair, which some versions of Node.js keep attached.
  return createPrivateKey(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
}

function serverCertificate(options: IssueOptions, key: KeyObject, by: { signer: KeyObject; issuer: string }): ServerCertificate {
  const subject = (options.hosts[0] ?? 'nobody').slice(0, 64); // ub-common-name, RFC 5280 appendix A.1
  return {
    certificate: certificate({ subject, key, ...by, ...validity(options), extensions: serverExtensions(options.hosts, key, by.signer) }),
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function validity({ notBefore, notAfter }: Partial<IssueOptions>): Pick<CertificateParts, 'notBefore' | 'notAfter'> {
  return { notBefore: notBefore ?? new Date(Date.now() - DAY_MS), notAfter: notAfter ?? new Date(Date.now() + 30 * DAY_MS) };
}

function certificate(parts: CertificateParts): string {
  const algorithm = signatureAlgorithm(parts.signer);
  const toBeSigned = sequence(
    explicit(0, integer(Buffer.from([2]))), // version 3
    integer(Buffer.concat([Buffer.from([0x40]), randomBytes(15)])),
    algorithm,
    name(parts.issuer),
    sequence(time(parts.notBefore), time(parts.notAfter)),
    name(parts.subject),
    publicKey(parts.key),
    explicit(3, sequence(...parts.extensions, extension('2.5.29.14', octetString(keyIdentifier(parts.key))))),
  );
  return pem('CERTIFICATE', sequence(toBeSigned, algorithm, bitString(sign('sha256', toBeSigned, parts.signer))));
}

function signatureAlgorithm(signer: KeyObject): Der {
  if (signer.asymmetricKeyType === 'rsa') return sequence(objectIdentifier('1.2.840.113549.1.1.11'), nothing()); // sha256WithRSAEncryption
  return sequence(objectIdentifier('1.2.840.10045.4.3.2')); // ecdsa-with-SHA256
}

function name(commonName: string): Der {
  return sequence(set(sequence(objectIdentifier('2.5.4.3'), utf8String(commonName))));
}

function publicKey(key: KeyObject): Der {
  return createPublicKey(key).export({ type: 'spki', format: 'der' });
}

function keyIdentifier(key: KeyObject): Buffer {
  return createHash('sha256').update(publicKey(key)).digest().subarray(0, 20);
}

function authorityExtensions(): Der[] {
  return [
    criticalExtension('2.5.29.19', sequence(yes())), // basicConstraints: a CA
    criticalExtension('2.5.29.15', bitString(Buffer.from([0x06]), 1)), // keyUsage: keyCertSign, cRLSign
  ];
}

function serverExtensions(hosts: readonly string[], key: KeyObject, signer: KeyObject): Der[] {
  const usage = key.asymmetricKeyType === 'rsa' ? bitString(Buffer.from([0xa0]), 5) : bitString(Buffer.from([0x80]), 7);
  return [
    criticalExtension('2.5.29.19', sequence()), // basicConstraints: no CA
    criticalExtension('2.5.29.15', usage), // keyUsage: digitalSignature, for RSA keyEncipherment too
    extension('2.5.29.37', sequence(objectIdentifier('1.3.6.1.5.5.7.3.1'))), // extKeyUsage: serverAuth
    extension('2.5.29.35', sequence(implicit(0, keyIdentifier(signer)))), // authorityKeyIdentifier
    extension('2.5.29.17', sequence(...hosts.map(alternativeName))), // subjectAltName
  ];
}

function alternativeName(host: string): Der {
  if (isIP(host) === 4) return implicit(7, Buffer.from(host.split('.').map(Number)));
  return implicit(2, Buffer.from(host, 'ascii'));
}

function extension(id: string, value: Der): Der {
  return sequence(objectIdentifier(id), octetString(value));
}

function criticalExtension(id: string, value: Der): Der {
  return sequence(objectIdentifier(id), yes(), octetString(value));
}
