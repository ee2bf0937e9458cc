type Settings = Readonly<Record<string, string>>;

export interface ServerSettingsOptions {
  /** PEM; without the pair the server speaks no TLS. */
  readonly certificate?: string;
  readonly key?: string;
  readonly settings?: Settings;
  /** `everything`: each statement goes to the log, also one that fails. @default errors */
  readonly logging?: 'errors' | 'everything';
}

/** The data is thrown away at the end in any case. */
const DURABILITY_OFF: Settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

const LOG_EVERYTHING: Settings = {
  log_statement: 'all',
  log_connections: 'on',
  log_min_messages: 'debug1',
  log_min_error_statement: 'debug5',
  log_error_verbosity: 'verbose',
  log_parameter_max_length: '-1',
  log_parameter_max_length_on_error: '-1',
};

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
}

export function serverSettings({ host, port }: ServerAddress, files: TlsFiles, options: ServerSettingsOptions): Settings {
  const tls: Settings = options.certificate === undefined ? {} : { ssl: 'on', ssl_cert_file: files.certificate, ssl_key_file: files.key };
  const logging = options.logging === 'everything' ? LOG_EVERYTHING : {};
  return { port: String(port), listen_addresses: host, unix_socket_directories: '', ...DURABILITY_OFF, ...tls, ...logging, ...options.settings };
}
