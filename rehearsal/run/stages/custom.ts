import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { NO_AWS, pastGrace, Stage, StageBuilder, StageContext } from './stage';
import { findSecret, RotationDefinition } from '../../assembly/discovery';
import { parseObject, type SecretValues } from '../../assembly/secret-values';
import { Unresolvable } from '../../assembly/unresolvable';

type Fields = Readonly<Record<string, unknown>>;

/** What the module of `--stand-in` exports: CommonJS. */
export interface StandInModule {
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

/** Services of the user's own, of which only the user's module knows what stands in for them. */
export class CustomStage implements StageBuilder {
  private readonly rotations: RotationDefinition[] = [];

  /** @param file the module; without it such rotations are skipped */
  constructor(private readonly values: SecretValues, private readonly file: string | undefined) {}

  add(rotation: RotationDefinition): void {
    if (this.file === undefined) {
      throw new Unresolvable('it rotates a service of your own, of which the rehearsal knows nothing. Give a module that stands in for it: --stand-in FILE');
    }
    this.rotations.push(rotation);
  }

  async start({ authority }: StageContext): Promise<Stage> {
    const module = resolve(this.file ?? '');
    const standIn = await (createRequire(module)(module) as StandInModule).start({
      issue: hosts => authority.issue({ hosts }),
      rotations: this.rotations.map(rotation => this.describe(rotation)),
    });
    return {
      ...NO_AWS,
      notes: [`${module} stands in for ${Object.keys(standIn.hosts).join(', ')}`],
      trustsNode: true,
      servers: [],
      hosts: standIn.hosts,
      clientService: () => ({ kind: 'custom', module }),
      passTime: rotation => {
        standIn.age?.(pastGrace(rotation));
        return pastGrace(rotation);
      },
      stop: () => standIn.stop(),
    };
  }

  private describe({ constructPath, function: { environment }, config, secret }: RotationDefinition): StandInOptions['rotations'][number] {
    const superuser = config?.superuserSecretArn === undefined ? undefined : this.values.valueOf(findSecret(this.values, config.superuserSecretArn));
    return { constructPath, environment, secret: parseObject(this.values.valueOf(secret)), superuser: parseObject(superuser) };
  }
}
