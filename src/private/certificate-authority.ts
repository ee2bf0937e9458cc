import { X509Certificate } from 'node:crypto';
import { Annotations, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { refuse, warningId } from './refuse';

/** RFC 7468, section 5. */
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

export function checkCertificateAuthority(scope: IConstruct, pem: string): void {
  if (Token.isUnresolved(pem)) {
    refuse(scope, 'certificateAuthority must be known at synthesis, got a token: it becomes a file of the function; read the PEM text from a file');
  }
  if (pem.includes('PRIVATE KEY-----')) {
    refuse(scope, 'certificateAuthority contains a private key; give the certificates alone');
  }
  const certificates = (pem.match(CERTIFICATE) ?? []).map((text, index) => parse(scope, text, index));
  if (certificates.length === 0) {
    refuse(scope, 'certificateAuthority contains no certificate; give PEM text, with lines of BEGIN CERTIFICATE and END CERTIFICATE');
  }
  checkExpiry(scope, certificates);
}

function parse(scope: IConstruct, pem: string, index: number): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    return refuse(scope, `certificate ${index + 1} of certificateAuthority cannot be parsed; give it as the PEM text that its authority published`);
  }
}

function checkExpiry(scope: IConstruct, certificates: readonly X509Certificate[]): void {
  const expired = certificates.filter(({ validTo }) => Date.parse(validTo) < Date.now());
  const names = expired.map(({ subject, validTo }) => `${subject.replaceAll('\n', ', ')} (${validTo})`).join('; ');
  if (expired.length === certificates.length) {
    refuse(scope, `all certificates of certificateAuthority have expired: ${names}; give current ones`);
  }
  if (expired.length > 0) {
    Annotations.of(scope).addWarningV2(warningId('expired-certificate'), `certificateAuthority contains expired certificates, remove them: ${names}`);
  }
}
