import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { METRIC_NAMESPACE, METRICS } from '../../src/private/rotation-config';
import { newStack, publicTarget } from '../support/constructs-fixtures';
import { IRotation, SuperuserRotation } from 'cdk-secret-rotation';

const ALARM = 'AWS::CloudWatch::Alarm';
const RULE = 'AWS::Events::Rule';

function rotationIn(stack: Stack): IRotation {
  return new SuperuserRotation(stack, 'Rotation', { target: publicTarget(stack), username: 'app' });
}

describe('metrics', () => {
  test.each<[(rotation: IRotation) => Metric, string, string]>([
    [(rotation) => rotation.metricRotationFailed(), METRICS.failed, 'Sum'],
    [(rotation) => rotation.metricRotationSucceeded(), METRICS.succeeded, 'Sum'],
    [(rotation) => rotation.metricStepDuration(), METRICS.duration, 'Average'],
    [(rotation) => rotation.metricRefusalWindow(), METRICS.window, 'Maximum'],
    [(rotation) => rotation.metricSignIns(), METRICS.signIns, 'Sum'],
    [(rotation) => rotation.metricSignInsRefused(), METRICS.signInsRefused, 'Sum'],
    [(rotation) => rotation.metricRetries(), METRICS.retries, 'Sum'],
    [(rotation) => rotation.metricReplacedVersionAge(), METRICS.replacedVersionAge, 'Maximum'],
    [(rotation) => rotation.metric('Anything'), 'Anything', 'Average'],
  ])('%# are those that the function publishes', (metricOf, metricName, statistic) => {
    const rotation = rotationIn(newStack());
    const metric = metricOf(rotation);
    const dimensions = { FunctionName: rotation.function.functionName };
    expect(metric).toMatchObject({ namespace: METRIC_NAMESPACE, metricName, statistic, dimensions });
  });

  test('take other options', () => {
    expect(rotationIn(newStack()).metricStepDuration({ statistic: 'p99', period: Duration.hours(1) }))
      .toMatchObject({ statistic: 'p99', period: Duration.hours(1) });
  });
});

describe('alarmOnFailure', () => {
  test('adds up what the engine reports and what Lambda counts, and takes silence for none', () => {
    const stack = newStack();
    rotationIn(stack).alarmOnFailure('Alarm');
    Template.fromStack(stack).hasResourceProperties(ALARM, {
      AlarmDescription: Match.stringLikeRegexp('Stack/Rotation failed.*docs/runbook.md'),
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
      AlarmActions: Match.absent(),
      Metrics: [
        { Expression: 'FILL(failed, 0) + FILL(errors, 0)', Id: 'expr_1', Label: 'Failed rotation steps' },
        { Id: 'failed', ReturnData: false, MetricStat: Match.objectLike({ Period: 300, Stat: 'Sum', Metric: Match.objectLike({ Namespace: 'CdkSecretRotation', MetricName: 'RotationFailed' }) }) },
        { Id: 'errors', ReturnData: false, MetricStat: Match.objectLike({ Period: 300, Stat: 'Sum', Metric: Match.objectLike({ Namespace: 'AWS/Lambda', MetricName: 'Errors' }) }) },
      ],
    });
  });

  test('takes what is given', () => {
    const stack = newStack();
    const action = new SnsAction(new Topic(stack, 'Topic'));
    const alarm = rotationIn(stack).alarmOnFailure('Alarm', {
      alarmName: 'rotation', alarmDescription: 'Call us', alarmActions: [action], period: Duration.hours(1), threshold: 3,
    });
    expect(alarm.node.path).toBe('Stack/Rotation/Alarm');
    Template.fromStack(stack).hasResourceProperties(ALARM, {
      AlarmName: 'rotation',
      AlarmDescription: 'Call us',
      Threshold: 3,
      AlarmActions: [{ Ref: Match.stringLikeRegexp('^Topic') }],
      Metrics: Match.arrayWith([Match.objectLike({ MetricStat: Match.objectLike({ Period: 3600 }) })]),
    });
  });
});

describe('onRotationFailed', () => {
  test('matches the change of an alarm of its own to ALARM', () => {
    const stack = newStack();
    rotationIn(stack).onRotationFailed('Failed', { target: new SnsTopic(new Topic(stack, 'Topic')), description: 'Tell us' });
    const template = Template.fromStack(stack);
    const [alarm] = Object.keys(template.findResources(ALARM));
    template.hasResourceProperties(RULE, {
      Description: 'Tell us',
      EventPattern: {
        'source': ['aws.cloudwatch'],
        'detail-type': ['CloudWatch Alarm State Change'],
        'resources': [{ 'Fn::GetAtt': [alarm, 'Arn'] }],
        'detail': { state: { value: ['ALARM'] } },
      },
      Targets: [Match.objectLike({ Arn: { Ref: Match.stringLikeRegexp('^Topic') } })],
    });
  });
});

describe('onRotationSucceeded', () => {
  test('matches Secrets Manager\'s own event for AWSCURRENT of this secret', () => {
    const stack = newStack();
    const rotation = rotationIn(stack);
    rotation.onRotationSucceeded('Succeeded');
    Template.fromStack(stack).hasResourceProperties(RULE, {
      EventPattern: {
        'source': ['aws.secretsmanager'],
        'detail-type': ['Secret Label Updated'],
        'resources': [stack.resolve(rotation.secret.secretArn)],
        'detail': { labelUpdated: ['AWSCURRENT'] },
      },
    });
  });

  test('matches a secret that is known by name by the beginning of its ARN', () => {
    const stack = newStack();
    const secret = Secret.fromSecretPartialArn(stack, 'Partial', 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:app');
    new SuperuserRotation(stack, 'Rotation', { target: publicTarget(stack), username: 'app', secret }).onRotationSucceeded('Succeeded');
    Template.fromStack(stack).hasResourceProperties(RULE, {
      EventPattern: { resources: [{ prefix: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:app-' }] },
    });
  });

  test('takes a pattern of the user\'s besides, and another stack for the rule', () => {
    const stack = newStack();
    const others = new Stack(stack.node.root as never, 'Others');
    rotationIn(stack).onRotationSucceeded('Succeeded', { eventPattern: { region: ['eu-west-1'] }, crossStackScope: others });
    Template.fromStack(others).hasResourceProperties(RULE, {
      EventPattern: { 'region': ['eu-west-1'], 'detail-type': ['Secret Label Updated'] },
    });
  });
});

describe('onRotationEvent', () => {
  test('matches what Secrets Manager writes to CloudTrail about this secret\'s rotations', () => {
    const stack = newStack();
    const rotation = rotationIn(stack);
    rotation.onRotationEvent('Event');
    Template.fromStack(stack).hasResourceProperties(RULE, {
      EventPattern: {
        'source': ['aws.secretsmanager'],
        'detail-type': ['AWS Service Event via CloudTrail'],
        'detail': {
          eventName: Match.arrayWith(['RotationStarted', 'RotationSucceeded', 'RotationFailed', 'RotationAbandoned', 'TestRotationFailed']),
          additionalEventData: { SecretId: [stack.resolve(rotation.secret.secretArn)] },
        },
      },
    });
  });
});
