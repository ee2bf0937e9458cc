import { inspect } from 'node:util';
import { ENCODINGS, findCredentials } from './find-credentials';
import { RotationStrategy } from '../../lambda/engine/strategy';
import type { RotationRig } from '../support/rotation-rig';

const CONSOLE = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const;
/** What a password is computed to for SCRAM-SHA-256: PostgreSQL gets it, and nobody else (PostgreSQL documentation, 52.8 "pg_authid"). */
const SCRAM_KEYS = /SCRAM-SHA-256\$\d+:[^$\s]+\$[\w+/=]{20,}/;

export interface Place {
  readonly name: string;
  readonly text: string;
}

export interface Leak {
  readonly place: string;
  readonly encoding: string;
  readonly after: string;
}

/** Everything that was said while rotations ran, and the credentials that must not be in it. */
export class Evidence {
  /** What Secrets Manager and Lambda give to the function is as secret as what it rotates. */
  private readonly credentials = new Set<string>(['rotation-token-that-must-never-be-logged', 'not-checked-here']);
  private readonly said: Place[] = [];
  private readonly servers: Place[] = [];
  private release: () => void = () => undefined;

  /** From now on takes all that this process writes; what the rig takes for itself is added by `addRig`. */
  listen(): void {
    const { stdout, stderr } = process;
    const originals = [stdout, stderr].map((stream) => ({ stream, write: stream.write }));
    const spies = CONSOLE.map((method) => jest.spyOn(console, method).mockImplementation((...words: unknown[]) => this.say(`console.${method}`, words)));
    for (const stream of [stdout, stderr]) {
      stream.write = (chunk: string | Uint8Array): boolean => this.add('output', String(chunk));
    }
    const onWarning = (warning: Error): void => this.say('warning', warning);
    process.on('warning', onWarning);
    this.release = () => {
      for (const { stream, write } of originals) stream.write = write;
      for (const spy of spies) spy.mockRestore();
      process.off('warning', onWarning);
    };
  }

  stop(): void {
    this.release();
    this.release = () => undefined;
  }

  /** Runs what may fail, and keeps its error. Whether it failed. */
  async attempt(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return false;
    } catch (error: unknown) {
      this.say('thrown', error);
      return true;
    }
  }

  /** The strategy, whose errors are kept as they are before the handler makes them presentable: all but their causes, which the handler drops. */
  watching(strategy: RotationStrategy): RotationStrategy {
    const watched = async (work: Promise<void> | undefined): Promise<void> => work?.catch((error: unknown) => {
      this.add('thrown inside', describeAlone(error));
      throw error;
    });
    return {
      createSecret: (rotation) => watched(strategy.createSecret(rotation)),
      setSecret: (rotation) => watched(strategy.setSecret(rotation)),
      testSecret: (rotation) => watched(strategy.testSecret(rotation)),
      finishSecret: (rotation) => watched(strategy.finishSecret(rotation)),
      ...(strategy.retire === undefined ? {} : { retire: (rotation) => watched(strategy.retire?.(rotation)) }),
    };
  }

  /** Whatever an object shows, hidden properties and causes included. */
  say(place: string, thing: unknown): void {
    const all = inspect(thing, { depth: Infinity, showHidden: true, maxStringLength: null, maxArrayLength: null });
    this.add(place, [all, ...chainOf(thing).map(describeAlone)].join('\n'));
  }

  /** Of our own: not even what PostgreSQL stores may be in it. */
  add(name: string, text: string): true {
    this.said.push({ name, text });
    return true;
  }

  /** What a server wrote down: it gets verifiers, and no credential. */
  addServer(name: string, text: string): void {
    this.servers.push({ name, text });
  }

  protect(...credentials: readonly string[]): void {
    for (const credential of credentials) this.credentials.add(credential);
  }

  /** What the function wrote, metrics included, and each value of the named fields that any version of any secret ever had. */
  addRig(rig: RotationRig, fields: readonly string[], secretArns: readonly string[] = [rig.secretArn]): void {
    this.add('the function\'s log', rig.output);
    for (const secretArn of secretArns) {
      for (const { versionId } of rig.secretsManager.snapshot(secretArn).versions) {
        const text = rig.secretsManager.valueOf(secretArn, versionId)?.secretString;
        const value = parsed(text);
        this.protect(...fields.flatMap((field) => (typeof value[field] === 'string' && value[field] !== value.username ? [value[field]] : [])));
      }
    }
  }

  leaks(): Leak[] {
    const credentials = [...this.credentials];
    const found = [...this.said, ...this.servers].flatMap(
      ({ name, text }) => findCredentials(text, credentials).map(({ encoding, after }) => ({ place: name, encoding, after })),
    );
    const keys = this.said.flatMap(({ name, text }) => (SCRAM_KEYS.test(text) ? [{ place: name, encoding: 'SCRAM keys', after: '' }] : []));
    return [...found, ...keys];
  }

  /** All texts of one name. */
  textOf(name: string): string {
    return [...this.said, ...this.servers].filter((place) => place.name === name).map(({ text }) => text).join('\n');
  }

  get extent(): Extent {
    const places = [...this.said, ...this.servers];
    return { credentials: this.credentials.size, texts: places.length, characters: places.reduce((sum, { text }) => sum + text.length, 0) };
  }
}

interface Extent {
  readonly credentials: number;
  readonly texts: number;
  readonly characters: number;
}

/** One line for the record of a test run: a search that found nothing shall be seen to have searched something. */
export function reportExtent(what: string, searched: readonly Evidence[]): void {
  const sum = (count: (extent: Extent) => number): number => searched.reduce((all, { extent }) => all + count(extent), 0);
  const encodings = Object.keys(ENCODINGS).length;
  const looks = sum(({ credentials, texts }) => credentials * texts * encodings);
  process.stderr.write(`${what}: looked for ${sum(({ credentials }) => credentials)} credentials in ${sum(({ texts }) => texts)} texts of ${
    Math.ceil(sum(({ characters }) => characters) / 1_000)} kB, in ${encodings} encodings each (${looks} searches)\n`);
}

function describeAlone(error: unknown): string {
  return error instanceof Error ? `${error.name} ${error.message}\n${error.stack}\n${JSON.stringify(error)}` : String(error);
}

/** An error, its causes, and what it was made of. */
function chainOf(thing: unknown): Error[] {
  if (!(thing instanceof Error)) return [];
  const members = thing instanceof AggregateError ? thing.errors.flatMap(chainOf) : [];
  return [thing, ...members, ...chainOf(thing.cause)];
}

/** A value that is no JSON is there for a test's sake, which protects it itself. */
function parsed(text = '{}'): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
