import { Clients, startClients } from '../clients';
import type { IamJudge } from './iam-judge';
import { RotationRuns, RotationRunsProps } from './rotation-runs';
import { brokenPromises } from './verdict';
import type { IamReport, RotationReport } from '../report/model';
import type { RotationProgress } from '../report/progress';

export interface RotationRehearsalProps extends Omit<RotationRunsProps, 'onStep'> {
  readonly judge: IamJudge;
  readonly progress: RotationProgress;
  readonly hosts: Readonly<Record<string, string>>;
  readonly caPem: string;
  readonly timeToLiveMs: number;
}

/** One rotation of the app: its runs, and the clients that sign in all the while. */
export class RotationRehearsal {
  readonly runs: RotationRuns;
  private clients?: Clients;
  private doing = '';

  constructor(private readonly props: RotationRehearsalProps) {
    this.runs = new RotationRuns({ ...props, onStep: step => props.progress.doing(`${this.doing}, ${step}`) });
  }

  get rotation(): RotationRehearsalProps['rotation'] {
    return this.props.rotation;
  }

  /** A rotation that does not rotate at once is tested first, as its deployment would. */
  async preflight(): Promise<void> {
    if (this.rotation.rotateImmediately) return;
    this.doing = 'preflight';
    this.props.progress.rotated(await this.runs.preflight());
    await this.startClientsOnceHeld();
  }

  /** After a failure the rotation stays as it is: the next would be told that it is not complete. */
  async rotate(number: number): Promise<void> {
    if (this.runs.failed) return;
    this.doing = `rotation ${number}`;
    this.props.progress.rotated(await this.runs.rotate(number));
    await this.startClientsOnceHeld();
  }

  async finish(): Promise<RotationReport> {
    const { rotation, judge, accessKeyId, progress } = this.props;
    const clients = await this.stopClients();
    const iam = judge.report(accessKeyId, rotation.functionArn);
    const seen = { strategy: rotation.strategy, runs: this.runs.all, clients };
    const report: RotationReport = {
      constructPath: rotation.constructPath,
      strategy: rotation.strategy,
      templateRuntime: rotation.function.runtime,
      runs: this.runs.all,
      clients,
      iam,
      failures: [...this.runs.failures, ...brokenPromises(seen), ...this.needless(iam)],
    };
    progress.finished(report);
    return report;
  }

  /** Of a role that came with the rotation: one that the app made itself may serve other purposes. What failed early has not used all. */
  private needless({ unusedGrants }: IamReport): string[] {
    const { constructPath, role } = this.rotation;
    const isOwn = role.constructPath.startsWith(`${constructPath}/`);
    return isOwn && !this.runs.failed ? unusedGrants.map((grant) => `a permission was granted and not used: ${grant}`) : [];
  }

  async stopClients(): ReturnType<Clients['stop']> {
    const clients = this.clients;
    this.clients = undefined;
    return await clients?.stop() ?? [];
  }

  /** Before, the user of the secret may not exist. */
  private async startClientsOnceHeld(): Promise<void> {
    if (this.clients !== undefined || this.runs.failed) return;
    const { rotation, stage, secretsManager: { endpoint: secretsManagerEndpoint }, hosts, caPem, timeToLiveMs, epochMs } = this.props;
    const { secretArn, secret: { resource: { stack: { region } } } } = rotation;
    const service = stage.clientService(rotation);
    this.clients = await startClients({ secretArn, secretsManagerEndpoint, region, hosts, caPem, timeToLiveMs, epochMs, service });
  }
}
