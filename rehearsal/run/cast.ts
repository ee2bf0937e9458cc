import type { Assembly } from '../assembly/template';
import { LocalFunction } from '../lambda/local-function';
import type { PostgresBinaries } from '../postgres/binaries';
import type { RotationReport, SkippedRotation } from '../report/model';
import type { Progress } from '../report/progress';
import type { RotationEvent } from '../secrets-manager';
import { DatabaseServers } from './database-servers';
import { IamJudge } from './iam-judge';
import { makePlan, Plan, PlannedRotation } from './plan';
import { RotationRehearsal } from './rotation-rehearsal';
import { SecretsManagers } from './secrets-managers';

export interface CastProps {
  readonly assembly: Assembly;
  readonly superusers: readonly string[];
  readonly findBinaries: () => PostgresBinaries;
  readonly progress: Progress;
  readonly rotations: number;
  readonly intervalMs: number;
  readonly timeToLiveMs: number;
  readonly epochMs: number;
}

/** Everything that plays a part in a rehearsal: Secrets Manager, databases, functions, clients. */
export class Cast {
  rehearsals: readonly RotationRehearsal[] = [];
  skipped: readonly SkippedRotation[] = [];
  private readonly secretsManagers: SecretsManagers;
  private readonly functions = new Map<string, { readonly function: LocalFunction; readonly accessKeyId: string }>();
  private judge?: IamJudge;
  private servers?: DatabaseServers;

  constructor(private readonly props: CastProps) {
    this.secretsManagers = new SecretsManagers({
      authorize: request => this.judge?.authorize(request) ?? { allowed: true, reason: 'nothing is judged yet' },
      invokeFunction: (_, event) => this.invoke(event),
    });
  }

  get postgresVersion(): string {
    return this.servers?.version ?? 'none';
  }

  async assemble(): Promise<void> {
    const { assembly, superusers, progress } = this.props;
    const plan = await makePlan(assembly, superusers, this.secretsManagers);
    this.skipped = plan.skipped;
    plan.skipped.forEach(skipped => progress.skipped(skipped));
    if (plan.rotations.length === 0) return;
    this.judge = new IamJudge(plan.values.resolver);
    this.servers = await DatabaseServers.start(plan.rotations.map(({ target }) => target), plan.values, this.props.findBinaries());
    progress.note(`PostgreSQL ${this.servers.version} stands in for ${this.servers.names.join(', ')}`);
    await this.storeValues(plan);
    this.rehearsals = await Promise.all(plan.rotations.map(planned => this.engage(planned, plan)));
  }

  async finish(): Promise<RotationReport[]> {
    return Promise.all(this.rehearsals.map(rehearsal => rehearsal.finish()));
  }

  /** Ends all processes and removes all files. */
  async dismiss(): Promise<void> {
    await Promise.allSettled(this.rehearsals.map(rehearsal => rehearsal.stopClients()));
    await this.secretsManagers.stop();
    await Promise.all([...this.functions.values()].map(engaged => engaged.function.remove()));
    await this.servers?.stop();
  }

  private async storeValues({ values, secrets }: Plan): Promise<void> {
    for (const secret of secrets) {
      const arn = values.arnOf(secret.key);
      const value = values.valueOf(secret);
      if (arn !== undefined && value !== undefined) await this.secretsManagers.putValue(secret, arn, value);
    }
  }

  private async engage({ rotation }: PlannedRotation, { values }: Plan): Promise<RotationRehearsal> {
    const { progress, rotations, intervalMs, timeToLiveMs, epochMs } = this.props;
    const { servers, judge } = this;
    if (servers === undefined || judge === undefined) throw new Error('databases and policies come before rotations');
    const secretsManager = await this.secretsManagers.of(rotation.secret.resource.stack);
    const engaged = this.functions.get(rotation.function.arn) ?? this.employ(rotation.function, servers, secretsManager.endpoint);
    judge.register(engaged.accessKeyId, rotation.role);
    const rehearsal = new RotationRehearsal({
      rotation,
      ...engaged,
      secretsManager,
      judge,
      epochMs,
      intervalMs,
      timeToLiveMs,
      progress: progress.begin(rotation.constructPath, rotation.strategy, rotations),
      hosts: servers.hosts,
      caPem: servers.authority.certificate,
    });
    rehearsal.runs.configure(values.resolver.property(rotation.schedule, 'RotationRules'));
    return rehearsal;
  }

  private employ(definition: PlannedRotation['rotation']['function'], { hosts, authority }: DatabaseServers, secretsManagerEndpoint: string) {
    const accessKeyId = `ASIAFUNCTION${String(this.functions.size).padStart(8, '0')}`;
    const options = { hosts, caPem: authority.certificate, secretsManagerEndpoint, accessKeyId };
    const engaged = { accessKeyId, function: new LocalFunction(definition, options) };
    this.functions.set(definition.arn, engaged);
    return engaged;
  }

  private async invoke(event: RotationEvent): Promise<void> {
    const rehearsal = this.rehearsals.find(({ rotation }) => rotation.secretArn === event.SecretId);
    if (rehearsal === undefined) throw new Error(`no rotation of ${event.SecretId} is rehearsed`);
    await rehearsal.runs.invoke(event);
  }
}
