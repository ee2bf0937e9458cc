import { evaluate, Statement, UsageLedger } from '../../../rehearsal/iam';

const ROLE = 'arn:aws:iam::111122223333:role/rotation';
const SECRET = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:app-AbCdEf';

describe('UsageLedger', () => {
  const secret: Statement = { Effect: 'Allow', Action: ['secretsmanager:DescribeSecret', 'secretsmanager:Get*', 'secretsmanager:PutSecretValue'], Resource: SECRET };
  const password: Statement = { Effect: 'Allow', Action: 'secretsmanager:GetRandomPassword', Resource: '*' };
  const identity = [{ Statement: [secret, password, { Effect: 'Deny', Action: 'secretsmanager:DeleteSecret', Resource: '*' }] }];

  function use(ledger: UsageLedger, action: string): void {
    ledger.record(evaluate({ principal: ROLE, action, resource: SECRET, context: {} }, { identity }));
  }

  test('reports every action that was granted and never used', () => {
    expect(new UsageLedger(identity).unused).toEqual([
      { action: 'secretsmanager:DescribeSecret', statement: secret }, { action: 'secretsmanager:Get*', statement: secret },
      { action: 'secretsmanager:PutSecretValue', statement: secret }, { action: 'secretsmanager:GetRandomPassword', statement: password },
    ]);
  });

  test('counts an action as used where a call was allowed by it, wildcards included', () => {
    const ledger = new UsageLedger(identity);
    ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue', 'secretsmanager:GetSecretValue'].forEach((action) => use(ledger, action));
    expect(ledger.unused.map(({ action }) => action)).toEqual(['secretsmanager:PutSecretValue', 'secretsmanager:GetRandomPassword']);
  });

  test('does not count a call that was refused', () => {
    const ledger = new UsageLedger(identity);
    ledger.record(evaluate({ principal: ROLE, action: 'secretsmanager:PutSecretValue', resource: `${SECRET}x`, context: {} }, { identity }));
    use(ledger, 'secretsmanager:DeleteSecret');
    expect(ledger.unused).toHaveLength(4);
  });

  test('reports a statement of everything but some actions once', () => {
    const statement: Statement = { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' };
    const granted = [{ Statement: statement }];
    const ledger = new UsageLedger(granted);
    expect(ledger.unused).toEqual([{ action: 'NotAction', statement }]);
    ledger.record(evaluate({ principal: ROLE, action: 'secretsmanager:PutSecretValue', resource: SECRET, context: {} }, { identity: granted }));
    expect(ledger.unused).toEqual([]);
  });
});
