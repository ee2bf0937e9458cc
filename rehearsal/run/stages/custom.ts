import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { NO_AWS, pastGrace, Stage, StageBuilder, StageContext } from './stage';
import { findSecret, RotationDefinition } from '../../assembly/discovery';
import { parseObject, type SecretValues } from '../../assembly/secret-values';
import { Unresolvable } from '../../assembly/unresolvable';

type Fields = Readonly<Record<string, unknown>>;

/** What the module of `--stand-in` exports: CommonJS. */
export interface StandInModule {
  /** Path of the one rotation construct that it stands in for. @default - every one that no other module names */
  readonly rotation?: string;
  start(options: StandInOptions): Promise<StandIn>;
  /**
   * What clients do with the members of a secret, in their own process; throws an error with `code: 'REFUSED'` when it is not accepted.
   */
  signIn(fields: Fields, where: { readonly hosts: Readonly<Record<string, string>>; readonly caPem: string }): Promise<void>;
}

export interface StandInOptions {
  /** The rotations of services of one's own in the app. */
  readonly rotations: readonly {
    readonly constructPath: string;
    /** The variables of the function. */
    readonly environment: Readonly<Record<string, string>>;
    /** The first value of the rotated secret. */
    readonly secret: Fields;
    /** The value of the superuser's secret; an empty object without one. */
    readonly superuser: Fields;
  }[];
  /** A certificate for made-up names, which functions and clients trust. PEM. */
  issue(hosts: readonly string[]): { readonly certificate: string; readonly key: string };
}

export interface StandIn {
  /** Where the names that the function connects to are on this machine: `name:port` to `address:port`. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Everything that happened so far is this many milliseconds longer ago. Needed where `lastUsed` tells times. */
  age?(milliseconds: number): void;
  stop(): Promise<void>;
}

/** A module of `--stand-in` that can't be used; the command was called wrongly. */
export class StandInUnusable extends Error {
  constructor(file: string, why: string) {
    super(`--stand-in ${file}: ${why}`);
    this.name = 'StandInUnusable';
  }
}

/** A module with the rotations that it stands in for. */
interface Cast {
  readonly file: string;
  readonly module: StandInModule;
  readonly rotations: RotationDefinition[];
}

/** Services of the user's own, of which only the user's modules know what stands in for them. */
export class CustomStage implements StageBuilder {
  private readonly casts: readonly Cast[];

  /** @param files the modules; a rotation that none stands in for is skipped */
  constructor(private readonly values: SecretValues, files: readonly string[]) {
    this.casts = files.map(given => ({ file: resolve(given), module: load(given), rotations: [] }));
  }

  add(rotation: RotationDefinition): void {
    const named = this.casts.find(({ module }) => module.rotation === rotation.constructPath);
    const cast = named ?? this.casts.find(({ module }) => module.rotation === undefined);
    if (cast === undefined) {
      throw new Unresolvable('it rotates a service of your own, of which the rehearsal knows nothing. Give a module that stands in for it: --stand-in FILE');
    }
    cast.rotations.push(rotation);
  }

  async start({ authority }: StageContext): Promise<Stage> {
    const started = new Map<Cast, StandIn>();
    for (const cast of this.casts.filter(({ rotations }) => rotations.length > 0)) {
      const rotations = cast.rotations.map(rotation => this.describe(rotation));
      started.set(cast, await cast.module.start({ rotations, issue: hosts => authority.issue({ hosts }) }));
    }
    const castOf = (rotation: RotationDefinition): Cast | undefined => this.casts.find(({ rotations }) => rotations.includes(rotation));
    return {
      ...NO_AWS,
      notes: [...started].map(([{ file }, { hosts }]) => `${file} stands in for ${Object.keys(hosts).join(', ')}`),
      trustsNode: true,
      servers: [],
      hosts: Object.assign({}, ...[...started.values()].map(({ hosts }) => hosts)) as Stage['hosts'],
      clientService: rotation => ({ kind: 'custom', module: castOf(rotation)?.file ?? '' }),
      passTime: rotation => {
        const cast = castOf(rotation);
        if (cast !== undefined) started.get(cast)?.age?.(pastGrace(rotation));
        return pastGrace(rotation);
      },
      stop: async () => { await Promise.all([...started.values()].map(standIn => standIn.stop())); },
    };
  }

  private describe({ constructPath, function: { environment }, config, secret }: RotationDefinition): StandInOptions['rotations'][number] {
    const superuser = config?.superuserSecretArn === undefined ? undefined : this.values.valueOf(findSecret(this.values, config.superuserSecretArn));
    return { constructPath, environment, secret: parseObject(this.values.valueOf(secret)), superuser: parseObject(superuser) };
  }
}

function load(given: string): StandInModule {
  const file = resolve(given);
  if (!existsSync(file)) throw new StandInUnusable(given, 'there is no such file');
  let exported: Partial<StandInModule>;
  try {
    exported = createRequire(file)(file) as Partial<StandInModule>;
  } catch (error: unknown) {
    throw new StandInUnusable(given, `it cannot be loaded (${error instanceof Error ? error.message : String(error)})`);
  }
  const missing = (['start', 'signIn'] as const).filter(name => typeof exported[name] !== 'function');
  if (missing.length > 0) throw new StandInUnusable(given, `it exports no ${missing.join(' and no ')}; see docs/own-service.md`);
  return exported as StandInModule;
}
