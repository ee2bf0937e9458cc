import { IamJudge } from './iam-judge';
import { makePlan, Plan } from './plan';
import { RotationRehearsal } from './rotation-rehearsal';
import { SecretsManagers } from './secrets-managers';
import type { Stages } from './stages';
import type { RotationDefinition } from '../assembly/discovery';
import type { Assembly } from '../assembly/template';
import { LocalFunction } from '../lambda/local-function';
import type { PostgresBinaries } from '../postgres/binaries';
import type { RotationReport, SkippedRotation } from '../report/model';
import type { Progress } from '../report/progress';
import type { RotationEvent } from '../secrets-manager';
import { CertificateAuthority } from '../tls/certificate-authority';

export interface CastProps {
  readonly assembly: Assembly;
  readonly superusers: readonly string[];
  /** Modules that stand in for services of one's own. */
  readonly standIns: readonly string[];
  readonly findBinaries: () => PostgresBinaries;
  readonly progress: Progress;
  readonly rotations: number;
  readonly intervalMs: number;
  readonly timeToLiveMs: number;
  readonly epochMs: number;
}

/** Everything that plays a part in a rehearsal: Secrets Manager, what is signed in to, functions, clients. */
export class Cast {
  rehearsals: readonly RotationRehearsal[] = [];
  skipped: readonly SkippedRotation[] = [];
  private readonly secretsManagers: SecretsManagers;
  private readonly functions = new Map<string, { readonly function: LocalFunction; readonly accessKeyId: string }>();
  private readonly authority = new CertificateAuthority();
  private judge?: IamJudge;
  private stages?: Stages;

  constructor(private readonly props: CastProps) {
    this.secretsManagers = new SecretsManagers({
      authorize: request => this.judge?.authorize(request) ?? { allowed: true, reason: 'nothing is judged yet' },
      invokeFunction: (_, event) => this.invoke(event),
    });
  }

  /** What signs in where: programs with their versions. */
  get servers(): readonly string[] {
    return this.stages?.servers ?? [];
  }

  async assemble(): Promise<void> {
    const { assembly, superusers, standIns, progress, findBinaries } = this.props;
    const plan = await makePlan(assembly, { superusers, standIns }, this.secretsManagers);
    this.skipped = plan.skipped;
    plan.skipped.forEach(skipped => progress.skipped(skipped));
    if (plan.rotations.length === 0) return;
    const judge = new IamJudge(plan.values.resolver);
    this.judge = judge;
    this.stages = plan.stages;
    await plan.stages.start({ authority: this.authority, findBinaries, authorize: request => judge.authorize(request) });
    plan.stages.notes.forEach(note => progress.note(note));
    await this.storeValues(plan);
    this.rehearsals = await Promise.all(plan.rotations.map(rotation => this.engage(rotation, plan, judge)));
  }

  async finish(): Promise<RotationReport[]> {
    return Promise.all(this.rehearsals.map(rehearsal => rehearsal.finish()));
  }

  /** Ends all processes and removes all files. */
  async dismiss(): Promise<void> {
    await Promise.allSettled(this.rehearsals.map(rehearsal => rehearsal.stopClients()));
    await this.secretsManagers.stop();
    await Promise.all([...this.functions.values()].map(engaged => engaged.function.remove()));
    await this.stages?.stop();
  }

  private async storeValues({ values, secrets }: Plan): Promise<void> {
    for (const secret of secrets) {
      const arn = values.arnOf(secret.key);
      const value = values.valueOf(secret);
      if (arn !== undefined && value !== undefined) await this.secretsManagers.putValue(secret, arn, value);
    }
  }

  private async engage(rotation: RotationDefinition, { values, stages }: Plan, judge: IamJudge): Promise<RotationRehearsal> {
    const { progress, rotations, intervalMs, timeToLiveMs, epochMs } = this.props;
    const secretsManager = await this.secretsManagers.of(rotation.secret.resource.stack);
    const engaged = this.functions.get(rotation.function.arn) ?? this.employ(rotation.function, stages, secretsManager.endpoint);
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
      stage: stages.of(rotation),
      hosts: stages.hosts,
      caPem: this.authority.certificate,
    });
    rehearsal.runs.configure(values.resolver.property(rotation.schedule, 'RotationRules'));
    return rehearsal;
  }

  private employ(definition: RotationDefinition['function'], { hosts, endpoints, trustsNode }: Stages, secretsManagerEndpoint: string) {
    const accessKeyId = `ASIAFUNCTION${String(this.functions.size).padStart(8, '0')}`;
    const options = { hosts, endpoints, trustsNode, caPem: this.authority.certificate, secretsManagerEndpoint, accessKeyId };
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
