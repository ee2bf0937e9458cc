// Stands in for the vendor in a rehearsal: cdk-secret-rotation rehearse cdk.out/api-keys --stand-in examples/api-keys/stand-in.js
// It keeps the rules of the vendor's API (service.js) in memory: two keys per principal, each shown once.
'use strict';

const { randomBytes } = require('node:crypto');
const https = require('node:https');

const SLOTS = 2;

/** Started once, before the first rotation; `issue` signs for names that the function and the clients trust. */
exports.start = async ({ issue, rotations }) => {
  const [{ environment, superuser }] = rotations;
  const [name] = environment.KEYS_HOST.split(':');
  const vendor = new Vendor(superuser.token, environment.KEYS_PRINCIPAL);
  const { certificate, key } = issue([name]);
  const server = https.createServer({ cert: certificate, key }, (request, response) => vendor.answer(request, response));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    hosts: { [environment.KEYS_HOST]: `127.0.0.1:${server.address().port}` },
    age: (milliseconds) => vendor.age(milliseconds),
    stop: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
};

/** What clients do with the secret, in their own process. */
exports.signIn = ({ host, key }, { hosts, caPem }) => new Promise((resolve, reject) => {
  const [name] = host.split(':');
  const [address, port] = hosts[host].split(':');
  const options = { host: address, port, servername: name, ca: caPem, agent: false, path: '/v1/whoami', headers: { host: name, authorization: `Bearer ${key}` } };
  https.get(options, (response) => {
    response.resume();
    if (response.statusCode === 200) return resolve();
    reject(Object.assign(new Error(`status ${response.statusCode}`), { code: response.statusCode === 401 ? 'REFUSED' : 'STATUS' }));
  }).on('error', reject);
});

class Vendor {
  constructor(token, principal) {
    this.token = token;
    this.principal = principal;
    this.keys = [];
  }

  /** What happened so far is longer ago. */
  age(milliseconds) {
    for (const key of this.keys) {
      key.createdAt -= milliseconds;
      key.reportedUse = key.lastUsedAt === undefined ? undefined : key.lastUsedAt -= milliseconds;
    }
  }

  answer(request, response) {
    const bearer = (request.headers.authorization ?? '').replace('Bearer ', '');
    const { status, body } = request.url === '/v1/whoami' ? this.whoami(bearer) : this.manage(bearer, request);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  }

  whoami(bearer) {
    const key = this.keys.find((one) => one.key === bearer);
    if (key === undefined) return { status: 401 };
    key.lastUsedAt = Date.now();
    return { status: 200, body: { principal: this.principal } };
  }

  manage(bearer, { method, url }) {
    const [, principal, id] = /^\/v1\/principals\/([^/]+)\/keys(?:\/([^/]+))?$/.exec(url) ?? [];
    if (bearer !== this.token) return { status: 401 };
    if (principal !== this.principal) return { status: 404 };
    if (method === 'GET') return { status: 200, body: this.keys.map(described) };
    if (method === 'POST') return this.make();
    this.keys = this.keys.filter((key) => key.id !== id);
    return { status: 204 };
  }

  make() {
    if (this.keys.length === SLOTS) return { status: 409 };
    const made = { id: randomBytes(8).toString('hex'), key: randomBytes(24).toString('base64url'), createdAt: Date.now() };
    this.keys.push(made);
    return { status: 201, body: { id: made.id, key: made.key } };
  }
}

/** The vendor tells of uses some time late: those of the days before. */
function described({ id, createdAt, reportedUse }) {
  return { id, active: true, createdAt: new Date(createdAt).toISOString(), ...(reportedUse === undefined ? {} : { lastUsedAt: new Date(reportedUse).toISOString() }) };
}
