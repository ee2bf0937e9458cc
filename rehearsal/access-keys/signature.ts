import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { signatureDoesNotMatch } from './errors';

const AUTHORIZATION = /^AWS4-HMAC-SHA256 +Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request *, *SignedHeaders=([^,\s]+) *, *Signature=([0-9a-f]+) *$/;
const TIME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
/** "In most cases, a request must reach AWS within five minutes": https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html */
const MOST_SKEW_MS = 5 * 60_000;

export interface SignedRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** What the Authorization header says: claims, until the signature is verified. */
export interface Signature {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

export function parseSignature(authorization: string | undefined): Signature | undefined {
  const match = AUTHORIZATION.exec(authorization ?? '');
  if (match === null) return undefined;
  const [, accessKeyId = '', date = '', region = '', service = '', names = '', signature = ''] = match;
  return { accessKeyId, date, region, service, signedHeaders: names.split(';'), signature };
}

/**
 * Signature Version 4, computed anew: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.
 * Throws SignatureDoesNotMatch.
 */
export function verifySignature(request: SignedRequest, claim: Signature, secret: string, service: string, now: Date): void {
  if (claim.service !== service) throw signatureDoesNotMatch(`Credential should be scoped to correct service: '${service}'. `);
  const time = checkedTime(request, claim, now);
  const { date, region } = claim;
  const scope = `${date}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonicalRequest(request, claim.signedHeaders))].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce<string | Buffer>((previous, part) => hmac(previous, part), `AWS4${secret}`);
  if (!equal(hmac(key, toSign).toString('hex'), claim.signature)) {
    throw signatureDoesNotMatch('The request signature we calculated does not match the signature you provided. '
      + 'Check your AWS Secret Access Key and signing method. Consult the service documentation for details.');
  }
}

function checkedTime({ headers }: SignedRequest, { date }: Signature, now: Date): string {
  const time = text(headers['x-amz-date']);
  const at = Date.parse(time.replace(TIME, '$1-$2-$3T$4:$5:$6Z'));
  if (Number.isNaN(at)) throw signatureDoesNotMatch('Date must be in ISO-8601 \'basic format\'.');
  if (time.slice(0, 8) !== date) throw signatureDoesNotMatch(`Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${date}' != '${time}'.`);
  const skew = at - now.getTime();
  if (skew < -MOST_SKEW_MS) throw signatureDoesNotMatch(`Signature expired: ${time} is now earlier than the server's clock allows.`);
  if (skew > MOST_SKEW_MS) throw signatureDoesNotMatch(`Signature not yet current: ${time} is still later than the server's clock allows.`);
  return time;
}

function canonicalRequest({ method, target, headers, body }: SignedRequest, signedHeaders: readonly string[]): string {
  const [path = '/', query = ''] = target.split('?');
  const lines = signedHeaders.map(name => `${name}:${text(headers[name]).trim().replace(/ +/g, ' ')}\n`);
  return [method, path.split('/').map(encoded).join('/'), canonicalQuery(query), lines.join(''), signedHeaders.join(';'), sha256(body)].join('\n');
}

function canonicalQuery(query: string): string {
  return [...new URLSearchParams(query)].map(([name, value]) => `${encoded(name)}=${encoded(value)}`).sort().join('&');
}

/** RFC 3986: everything but its unreserved characters. */
function encoded(part: string): string {
  return encodeURIComponent(part).replace(/[!'()*]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function text(header: string | string[] | undefined): string {
  return Array.isArray(header) ? header.join(',') : header ?? '';
}

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

function hmac(key: string | Buffer, content: string): Buffer {
  return createHmac('sha256', key).update(content).digest();
}

function equal(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
