import { inspect } from 'node:util';
import { escapeLiteral } from 'pg';

/** A credential that was found where it must not be; without the credential itself, which a test must not print either. */
export interface Finding {
  /** Which of the given credentials, from 0. */
  readonly credential: number;
  readonly encoding: string;
  /** What the text has right before it. */
  readonly after: string;
}

interface Encoding {
  readonly forms: (credential: string) => readonly string[];
  /** In which form of the text it is looked for. @default the text as it is */
  readonly view?: (text: string) => string;
}

/** Shorter ones are in every text by chance. */
const LEAST_LENGTH = 10;
const LENGTH_THAT_IS_CUT = 24;

/** How a credential gets into a text: by the code that writes it, by a library's error, or by a server that quotes what it was sent. */
export const ENCODINGS: Readonly<Record<string, Encoding>> = {
  'raw': { forms: (credential) => [credential] },
  'cut off': { forms: (credential) => (credential.length < LENGTH_THAT_IS_CUT ? [] : [credential.slice(0, credential.length / 2), credential.slice(credential.length / 2)]) },
  'base64': { forms: (credential) => base64Alignments(credential) },
  'base64url': { forms: (credential) => base64Alignments(credential).map((text) => text.replaceAll('+', '-').replaceAll('/', '_')) },
  'hex': { forms: (credential) => [bytesOf(credential).toString('hex')], view: (text) => text.toLowerCase() },
  'bytes in hex': { forms: (credential) => [[...bytesOf(credential)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')], view: onOneLine },
  'bytes in decimals': { forms: (credential) => [[...bytesOf(credential)].join(',')], view: (text) => onOneLine(text).replaceAll(', ', ',').replace(/(?<=\d) (?=\d)/g, ',') },
  'URL': { forms: (credential) => [credential], view: percentDecoded },
  'JSON': { forms: (credential) => [escaped(credential), escaped(escaped(credential)), escaped(credential).replaceAll('/', '\\/')] },
  'SQL': { forms: (credential) => [credential.replaceAll('\'', '\'\''), escapeLiteral(credential).replace(/^ ?E?'/, '').slice(0, -1)] },
  'printed': { forms: (credential) => [inspect(credential).slice(1, -1), inspect(`${credential}'"\``).slice(1, -5)] },
  'XML': { forms: (credential) => xmlForms(credential) },
};

/** Where the text holds one of the credentials, in whatever encoding. */
export function findCredentials(text: string, credentials: readonly string[]): Finding[] {
  const tooShort = credentials.findIndex(({ length }) => length < LEAST_LENGTH);
  if (tooShort >= 0) throw new Error(`the credential ${tooShort} is too short to be told from other text`);
  return Object.entries(ENCODINGS).flatMap(([encoding, { forms, view = asItIs }]) => {
    const searched = view(text);
    return credentials.flatMap((credential, index) => {
      const places = forms(credential).map((form) => searched.indexOf(form)).filter((place) => place >= 0);
      const at = Math.min(...places);
      return places.length === 0 ? [] : [{ credential: index, encoding, after: searched.slice(Math.max(0, at - 60), at) }];
    });
  });
}

function asItIs(text: string): string {
  return text;
}

/** Printed bytes go over many lines. */
function onOneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

/** What is encoded differs between RFC 3986, the forms and the queries of the URL standard, and encodeURIComponent. */
function percentDecoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}

/** Base64 takes three bytes at a time: in a longer value a credential has one of three forms, without what its neighbours share. */
function base64Alignments(credential: string): string[] {
  return [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytesOf(credential)]).toString('base64').replace(/=+$/, '');
    const isWhole = (before + bytesOf(credential).length) % 3 === 0;
    return text.slice(before === 0 ? 0 : before + 1, isWhole ? undefined : -1);
  });
}

function xmlForms(credential: string): string[] {
  const inText = credential.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const inAttribute = inText.replaceAll('"', '&quot;');
  return [inText, inAttribute, inAttribute.replaceAll('\'', '&#39;'), inAttribute.replaceAll('\'', '&#x27;'), inAttribute.replaceAll('\'', '&apos;')];
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'utf8');
}
