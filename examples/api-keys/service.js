// The keys of a vendor's API, as a service of one's own for MultiCredentialRotation: plain CommonJS, bundled already, since it needs nothing but Node.js.
//
// The vendor's API, over HTTPS, with `Authorization: Bearer <token>` and JSON. A principal has room for two keys.
//
//   with the token of the administrator:
//     GET    /v1/principals/<name>/keys       200 [{ "id", "createdAt", "active", "lastUsedAt"? }]   times in ISO 8601
//     POST   /v1/principals/<name>/keys       201 { "id", "key" }   the key is shown this once
//     DELETE /v1/principals/<name>/keys/<id>  204
//   with a key:
//     GET    /v1/whoami                       200 { "principal" }
//
//   401 the token or key is not accepted (yet); 403 it may not do this; 404 no such principal, or key; 409 no room for another key;
//   429 and 503 busy, nothing was done.
//
// Environment: KEYS_HOST (`keys.example.com:443`), KEYS_PRINCIPAL. The superuser's secret: { "token" }. The secret: { "id", "key", "host", "principal" }.
'use strict';

const https = require('node:https');

const ANSWER_MS = 5_000;

exports.contractVersion = 1;

/** @type {import('cdk-secret-rotation/service').CreateService} */
exports.createService = (context) => {
  const host = process.env.KEYS_HOST;
  const principal = process.env.KEYS_PRINCIPAL;
  const keys = `/v1/principals/${encodeURIComponent(principal)}/keys`;

  const asAdmin = async (method, path) => {
    const { token } = await context.superuser();
    const answer = await call(context, host, method, path, token);
    if (answer.status === 401) throw failure('SUPERUSER_REFUSED', `${host} does not accept the administrator's token`, 'Put a valid token into the superuser\'s secret');
    if (answer.status === 403) throw failure('PERMISSION_DENIED', `the administrator's token may not ${method} ${path} at ${host}`, 'Give it the right to manage keys');
    return answer;
  };

  const list = async () => {
    const { status, body } = await asAdmin('GET', keys);
    if (status === 404) throw failure('USER_MISSING', `${host} knows no principal ${principal}`, 'Create it at the vendor, or correct KEYS_PRINCIPAL');
    expectStatus(status, 200, host);
    return body;
  };

  return {
    family: 'issued',
    slots: 2,
    facts: { host, principal },
    idOf: ({ id }) => (typeof id === 'string' ? id : undefined),
    list: async () => (await list()).map(({ id, createdAt, active }) => ({ id, createdAt: new Date(createdAt), active })),
    // One attempt: were it repeated after a lost answer, there might be two keys.
    issue: async () => {
      const { status, body } = await asAdmin('POST', keys);
      if (status === 404) throw failure('USER_MISSING', `${host} knows no principal ${principal}`, 'Create it at the vendor, or correct KEYS_PRINCIPAL');
      if (status === 409) throw failure('QUOTA_EXCEEDED', `${principal} has no room for another key at ${host}`, 'Delete a key that nobody uses');
      expectStatus(status, 201, host);
      return { id: body.id, fields: { id: body.id, key: body.key } };
    },
    verify: async ({ key }) => {
      const { status, body } = await call(context, host, 'GET', '/v1/whoami', key);
      if (status === 401) throw failure('REFUSED', `${host} does not accept the key`, 'A new key may take a while to be known everywhere');
      expectStatus(status, 200, host);
      if (body.principal !== principal) throw failure('PERMISSION_DENIED', `the key is not ${principal}'s at ${host}`, 'Correct KEYS_PRINCIPAL');
    },
    lastUsed: async (id) => {
      const { lastUsedAt } = (await list()).find((key) => key.id === id) ?? {};
      return lastUsedAt === undefined ? undefined : { at: new Date(lastUsedAt) };
    },
    retire: async (id) => {
      const { status } = await asAdmin('DELETE', `${keys}/${encodeURIComponent(id)}`);
      if (status !== 404) expectStatus(status, 204, host); // gone already
    },
  };
};

/** One request, and its answer. */
function call({ signal }, host, method, path, token) {
  const { hostname, port } = new URL(`https://${host}`);
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  return new Promise((resolve, reject) => {
    const lost = () => reject(failure('UNREACHABLE', `${host} gave no answer to ${method} ${path}`, 'Check KEYS_HOST, and the way from the function\'s subnets'));
    const request = https.request({ hostname, port: port || 443, method, path, headers, signal, timeout: ANSWER_MS }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part)).on('error', lost).on('end', () => {
        try {
          resolve({ status: response.statusCode, body: parts.length > 0 ? JSON.parse(Buffer.concat(parts).toString('utf8')) : undefined });
        } catch {
          lost();
        }
      });
    });
    request.on('timeout', () => request.destroy()).on('error', lost).end();
  });
}

function expectStatus(status, expected, host) {
  if (status === expected) return;
  if (status === 429 || status === 503) throw failure('BUSY', `${host} is busy (${status})`, 'It is tried again');
  throw failure('UNREACHABLE', `${host} answered with status ${status}`, 'See what the vendor says of its service');
}

/** An error whose reason is known. Its texts are logged: they never hold a token or key. */
function failure(code, message, remedy) {
  return Object.assign(new Error(message), { code, remedy });
}
