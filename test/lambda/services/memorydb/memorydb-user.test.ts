import { cacheUser, fieldsOf, nobodyOvertook, NOWHERE, startDescribing, stopAll } from '../elasticache/cache-rig';

afterEach(stopAll);

const [CURRENT, PENDING] = ['current-PaSsWoRd-111111', 'pending-PaSsWoRd-222222'] as const;

// All else that both services have in common is tested in test/lambda/services/elasticache/cache-user.test.ts.
describe('MemoryDB', () => {
  test('is told the whole list, the new password first, and nothing else of the user', async () => {
    const requests = await startDescribing('memorydb');
    await cacheUser('memorydb', NOWHERE).apply([fieldsOf(PENDING), fieldsOf(CURRENT)], nobodyOvertook);
    expect(requests.map((body) => JSON.parse(body) as unknown)).toEqual([
      { UserName: 'app' },
      { UserName: 'app', AuthenticationMode: { Type: 'password', Passwords: [PENDING, CURRENT] } },
      { UserName: 'app' },
    ]);
  });
});
