import { describePostgres } from '../../support/postgres';
import { PostgresRotation } from '../../support/postgres-rotation';

describePostgres('a user with one password', (postgres) => {
  describe.each(['single-user', 'superuser'] as const)('rotated by %s', (kind) => {
    let rotation: PostgresRotation;
    afterEach(() => rotation.stop());

    test.each(['strip', 'keep'] as const)('gets a new password that clients find under AWSCURRENT, when its move makes Secrets Manager %s AWSPENDING', async (pendingOnPromotion) => {
      rotation = await PostgresRotation.start(kind, postgres, { pendingOnPromotion });
      for (let number = 0; number < 3; number++) {
        const token = await rotation.rig.rotate();
        expect(await rotation.versionsInForce()).toEqual([token]);
        expect(await rotation.currentSignsIn()).toBe('accepted');
      }
    });

    test('needs at most nine calls of Secrets Manager (ten with a superuser\'s secret), two sign-ins and no refused one', async () => {
      rotation = await PostgresRotation.start(kind, postgres);
      await rotation.rig.rotate();
      expect(rotation.rig.calls).toHaveLength(kind === 'superuser' ? 10 : 9);
      expect(sum(rotation, 'SignIns')).toBe(2);
      expect(sum(rotation, 'SignInsRefused')).toBe(0);
    });

    test('makes no refused sign-in in AWS\'s own order of steps either', async () => {
      rotation = await PostgresRotation.start(kind, postgres, { config: { cutover: 'STEPWISE' } });
      await rotation.rig.rotate();
      expect(sum(rotation, 'SignInsRefused')).toBe(0);
      expect(await rotation.currentSignsIn()).toBe('accepted');
    });
  });
});

function sum(rotation: PostgresRotation, field: string): number {
  return rotation.rig.lines.reduce((total, line) => total + Number(line[field] ?? 0), 0);
}
