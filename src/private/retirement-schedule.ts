import { Duration } from 'aws-cdk-lib';
import { IRuleTarget, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { CfnPermission, IFunction } from 'aws-cdk-lib/aws-lambda';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

const HOUR = Duration.hours(1);
const DAY = Duration.days(1);

interface Rotation {
  readonly function: IFunction;
  readonly secret: ISecret;
}

/** Asks the function to retire the credential before the current one; what is too young it leaves alone. */
export function retireBetweenRotations(self: Construct & Rotation, deactivateAfter: Duration): void {
  const { functionArn } = self.function;
  const input = RuleTargetInput.fromObject({ Step: 'retire', SecretId: self.secret.secretArn });
  const target: IRuleTarget = { bind: () => ({ arn: functionArn, input }) };
  const { ruleArn } = new Rule(self, 'Retirement', {
    description: 'Secret rotation: deactivates the credential before the current one',
    schedule: Schedule.rate(deactivateAfter.toSeconds() < DAY.toSeconds() ? HOUR : DAY),
    targets: [target],
  });
  new CfnPermission(self, 'RetirementPermission', {
    action: 'lambda:InvokeFunction',
    functionName: functionArn,
    principal: 'events.amazonaws.com',
    sourceArn: ruleArn,
  });
}
