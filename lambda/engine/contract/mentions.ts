/** Whether a text repeats a secret: as it is, or as JSON, SQL, XML, a URL, base64 or hex write it. */
export function mentions(text: string, secret: string): boolean {
  const views = [text, text.toLowerCase().replace(/\s+/g, ''), percentDecoded(text)];
  return formsOf(secret).some((form) => views.some((view) => view.includes(form)));
}

function formsOf(secret: string): string[] {
  const json = inJson(secret);
  const xml = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const base64 = alignments(secret);
  return [
    secret, json, inJson(json), json.replaceAll('/', '\\/'), secret.replaceAll('\'', '\'\''), secret.replaceAll('\\', '\\\\').replaceAll('\'', '\'\''),
    secret.replaceAll('\\', '\\\\'), secret.replaceAll('\\', '\\\\').replaceAll('\'', '\\\''), xml, xml.replaceAll('"', '&quot;'),
    ...base64, ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')), Buffer.from(secret).toString('hex'),
  ].filter((form) => form.length >= secret.length); // of a very short one base64 leaves nothing that tells
}

/** Base64 takes three bytes at a time: behind other text a secret has one of three forms, without what its neighbours share. */
function alignments(secret: string): string[] {
  return [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
    return bytes.toString('base64').replace(/=+$/, '').slice(before === 0 ? 0 : before + 1, bytes.length % 3 === 0 ? undefined : -1);
  });
}

function percentDecoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
