// Loaded into a function's process before everything else: made-up endpoint names lead to this machine, and no other
// name leads anywhere. It takes its own settings out of the environment: the function sees what the template says.
import dns from 'node:dns';
import fs from 'node:fs';
import net from 'node:net';
import { PRELOAD_SETTINGS, PreloadSettings } from './preload-settings';

const { [PRELOAD_SETTINGS]: json = '{}' } = process.env;
const { hosts, runtimeCaFile, nodeOptions } = JSON.parse(json) as PreloadSettings;
const local = new Set(Object.values(hosts));

delete process.env[PRELOAD_SETTINGS];
delete process.env.NODE_OPTIONS;
if (nodeOptions !== undefined) process.env.NODE_OPTIONS = nodeOptions;

mapConnections();
blockLookups();
mapRuntimeCa();

/** Sockets know the made-up name alone: what is verified above them is the name. */
function mapConnections(): void {
  const connect = net.Socket.prototype.connect as (this: net.Socket, ...args: unknown[]) => net.Socket;
  net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]): net.Socket {
    const [options, listener] = normalise(args);
    const target = `${options.host ?? 'localhost'}:${options.port}`;
    const mapped = local.has(target) ? target : hosts[target];
    if (mapped === undefined) return refuse(this, target);
    const separator = mapped.lastIndexOf(':');
    const { lookup: _, ...others } = options;
    return connect.call(this, { ...others, host: mapped.slice(0, separator), port: Number(mapped.slice(separator + 1)) }, listener);
  };
}

type Options = { readonly host?: string; readonly port?: number | string; readonly path?: string; readonly lookup?: unknown };

/** `connect(options, listener)`, `connect(port, host, listener)`, or what `net.connect` hands on: an array of the first. */
function normalise(args: readonly unknown[]): [Options, unknown] {
  const [first] = args;
  if (Array.isArray(first)) return [first[0] as Options, first[1]];
  if (typeof first === 'object' && first !== null) return [first as Options, args[1]];
  const [port, host, listener] = args;
  return typeof host === 'string' ? [{ port: Number(port), host }, listener] : [{ port: Number(port) }, host];
}

function refuse(socket: net.Socket, target: string): net.Socket {
  process.nextTick(() => socket.destroy(blocked(target)));
  return socket;
}

/** Code that looks names up itself gets the same answers. */
function blockLookups(): void {
  const known = new Set(Object.keys(hosts).map(target => target.slice(0, target.lastIndexOf(':'))));
  const isLocal = (name: string): boolean => known.has(name) || net.isIP(name) !== 0 || name === 'localhost';
  const lookup = (name: string, options: unknown, callback?: unknown): void => {
    const answer = (callback ?? options) as (error: Error | null, address?: unknown, family?: number) => void;
    const all = typeof options === 'object' && options !== null && 'all' in options && options.all === true;
    const address = net.isIP(name) === 0 ? '127.0.0.1' : name;
    if (!isLocal(name)) return process.nextTick(answer, blocked(name));
    process.nextTick(answer, null, all ? [{ address, family: net.isIP(address) }] : address, net.isIP(address));
  };
  Object.assign(dns, { lookup });
  Object.assign(dns.promises, {
    lookup: async (name: string) => {
      if (!isLocal(name)) throw blocked(name);
      return { address: '127.0.0.1', family: 4 };
    },
  });
}

function blocked(target: string): Error {
  const message = `The rehearsal lets the function reach the databases of the assembly and Secrets Manager alone, not ${target}`;
  process.stderr.write(`${message}\n`);
  return Object.assign(new Error(message), { code: 'ENOTFOUND', errno: -3008, syscall: 'getaddrinfo', hostname: target });
}

/** Lambda's runtime has its certificate authorities in a file; here the rehearsal's takes its place. */
function mapRuntimeCa(): void {
  const { readFileSync, promises: { readFile } } = fs;
  const map = (path: unknown): unknown => path === '/var/runtime/ca-cert.pem' ? runtimeCaFile : path;
  Object.assign(fs, { readFileSync: (path: unknown, ...others: []) => readFileSync(map(path) as string, ...others) });
  Object.assign(fs.promises, { readFile: (path: unknown, ...others: []) => readFile(map(path) as string, ...others) });
}
