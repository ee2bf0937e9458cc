import { cacheUser, fieldsOf, nobodyOvertook, NOWHERE, startDescribing, stopAll } from './cache-rig';

afterEach(stopAll);

const [CURRENT, PENDING] = ['current-PaSsWoRd-111111', 'pending-PaSsWoRd-222222'] as const;

// All else that both services have in common is tested in cache-user.test.ts.
describe('ElastiCache', () => {
  test('is told the whole list, the new password first, and nothing else of the user', async () => {
    const requests = await startDescribing('elasticache');
    await cacheUser('elasticache', NOWHERE).apply([fieldsOf(PENDING), fieldsOf(CURRENT)], nobodyOvertook);
    expect(requests.map((body) => Object.fromEntries(new URLSearchParams(body)))).toEqual([
      { Action: 'DescribeUsers', Version: '2015-02-02', UserId: 'app-id' },
      { 'Action': 'ModifyUser', 'Version': '2015-02-02', 'UserId': 'app-id', 'Passwords.member.1': PENDING, 'Passwords.member.2': CURRENT },
      { Action: 'DescribeUsers', Version: '2015-02-02', UserId: 'app-id' },
    ]);
  });
});
