export interface Login {
  readonly username: string;
  readonly password: string;
}

export interface ServerFiles {
  readonly home: string;
  readonly certificate: string;
  readonly key: string;
  /** Undefined: the users are part of the settings, and changes of them die with the process. */
  readonly aclFile?: string;
}

/** Redis takes port 0 for "no plain port". */
export function settingsFile({ host, port }: { readonly host: string; readonly port: number }, files: ServerFiles, users: readonly string[]): string {
  return [
    'port 0',
    `tls-port ${port}`,
    `bind ${host}`,
    `tls-cert-file ${quoted(files.certificate)}`,
    `tls-key-file ${quoted(files.key)}`,
    'tls-auth-clients no',
    `dir ${quoted(files.home)}`,
    'save ""', // nothing is worth a snapshot on shutdown; SAVE still writes one, and the next start reads it
    'daemonize no',
    'hz 100', // how often a second it looks whether it was asked to end
    ...files.aclFile === undefined ? users : [`aclfile ${quoted(files.aclFile)}`],
    '',
  ].join('\n');
}

/** One line for each user, as both the settings and an ACL file have it. */
export function userLines(superusers: readonly Login[], hash: (password: string) => string): string[] {
  const lines = superusers.map(({ username, password }) => `user ${username} reset on #${hash(password)} ~* &* +@all`);
  return superusers.some(({ username }) => username === 'default') ? lines : ['user default reset off', ...lines];
}

function quoted(path: string): string {
  return JSON.stringify(path);
}
