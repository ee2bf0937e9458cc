import { Duration, Token } from 'aws-cdk-lib';
import { Runtime, RuntimeFamily } from 'aws-cdk-lib/aws-lambda';
import { ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { IConstruct } from 'constructs';
import { refuse } from './refuse';

interface FunctionProps {
  readonly timeout?: Duration;
  readonly memorySize?: number;
  readonly runtime?: Runtime;
  readonly logGroup?: ILogGroup;
  readonly logRetention?: RetentionDays;
  readonly reservedConcurrentExecutions?: number;
}

/** Less than this leaves no time between a cold start and the reserve at the end of each wait. */
const LEAST_SECONDS = 10;
/** Lambda's own limit. */
const MOST_SECONDS = 900;

export function checkFunctionProps(scope: IConstruct, props: FunctionProps): void {
  const { timeout, memorySize, runtime, logGroup, logRetention, reservedConcurrentExecutions: concurrent } = props;
  if (timeout) checkTimeout(scope, timeout);
  if (memorySize !== undefined && !Token.isUnresolved(memorySize) && (memorySize < 128 || memorySize > 10240)) {
    refuse(scope, `memorySize must be 128 to 10240 MiB, got ${memorySize}; leave it out for 256`);
  }
  if (runtime && runtime.family !== RuntimeFamily.NODEJS) {
    refuse(scope, `runtime must be a Node.js runtime, got ${runtime.name}; leave it out for nodejs24.x`);
  }
  if (logGroup && logRetention !== undefined) {
    refuse(scope, 'logGroup and logRetention are both given; set the retention at the log group, and leave out logRetention');
  }
  if (concurrent === 0) {
    refuse(scope, 'reservedConcurrentExecutions is 0, which keeps the function from running; give 1 or more, or use RotationRules.onDemand()');
  }
}

function checkTimeout(scope: IConstruct, timeout: Duration): void {
  if (timeout.isUnresolved()) return;
  const seconds = timeout.toSeconds({ integral: false });
  if (seconds < LEAST_SECONDS || seconds > MOST_SECONDS) {
    refuse(scope, `timeout must be ${LEAST_SECONDS} seconds to 15 minutes, got ${timeout.toHumanString()}; leave it out for 1 minute`);
  }
}
