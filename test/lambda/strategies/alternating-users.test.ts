import { describePostgres, Login } from '../../support/postgres';
import { PostgresRotation } from '../../support/postgres-rotation';

describePostgres('two users that take turns', (postgres) => {
  let rotation: PostgresRotation;
  afterEach(() => rotation.stop());

  const current = (): Login => rotation.rig.labelled('AWSCURRENT') as unknown as Login;

  test.each(['strip', 'keep'] as const)('are created, and AWSCURRENT alternates between them (AWSPENDING: %s)', async (pendingOnPromotion) => {
    rotation = await PostgresRotation.start('alternating-users', postgres, { pendingOnPromotion });
    const first = rotation.user.username;
    for (const username of [`${first}_clone`, first, `${first}_clone`, first]) {
      await rotation.rig.rotate();
      expect(current().username).toBe(username);
      expect(await rotation.currentSignsIn()).toBe('accepted');
    }
  });

  test('warn of a flip within an hour of the last, and not at the first, before which nothing flipped', async () => {
    rotation = await PostgresRotation.start('alternating-users', postgres);
    await rotation.rig.rotate();
    expect(JSON.stringify(rotation.rig.lines)).not.toContain('less than an hour ago');
    await rotation.rig.rotate();
    expect(JSON.stringify(rotation.rig.lines)).toContain('less than an hour ago');
  });

  test('both sign in after a rotation: a copy of the secret that is one rotation old still works', async () => {
    rotation = await PostgresRotation.start('alternating-users', postgres);
    await rotation.rig.rotate();
    for (let number = 0; number < 3; number++) {
      const copy = current();
      await rotation.rig.rotate();
      expect(await postgres.trySignIn(copy)).toBe('accepted');
      expect(await rotation.currentSignsIn()).toBe('accepted');
    }
  });

  test('need at most ten calls of Secrets Manager, two sign-ins and no refused one', async () => {
    rotation = await PostgresRotation.start('alternating-users', postgres);
    await rotation.rig.rotate();
    const [calls, lines] = [rotation.rig.calls.length, rotation.rig.lines.length];
    await rotation.rig.rotate();
    const sum = (field: string): number => rotation.rig.lines.slice(lines).reduce((total, line) => total + Number(line[field] ?? 0), 0);
    expect(rotation.rig.calls.length - calls).toBeLessThanOrEqual(10);
    expect(sum('SignIns')).toBe(2);
    expect(sum('SignInsRefused')).toBe(0);
  });

  test('a table made while either is current is used, altered and dropped by both, flip after flip', async () => {
    rotation = await PostgresRotation.start('alternating-users', postgres, { config: { databaseName: await postgres.createDatabase() } });
    await rotation.rig.rotate();
    const database = String(rotation.rig.labelled('AWSCURRENT')?.dbname);
    const as = async (sql: string): Promise<void> => {
      const client = await postgres.connect(current(), database);
      try {
        await client.query(sql);
      } finally {
        await client.end();
      }
    };
    await (await postgres.connect({ username: 'bootstrap', password: 'bootstrap-password' }, database).then(async (client) => {
      await client.query(`GRANT CREATE ON SCHEMA public TO "${rotation.user.username}"`);
      return client;
    })).end();
    for (let flip = 0; flip < 4; flip++) {
      await as(`CREATE TABLE made_${flip} (id int)`);
      await rotation.rig.rotate();
      await as(`INSERT INTO made_${flip} VALUES (1)`);
      await as(`ALTER TABLE made_${flip} ADD COLUMN note text`);
      if (flip > 0) await as(`DROP TABLE made_${flip - 1}`);
    }
  });

  test('fails before anything is written when AWSCURRENT was moved to the very user that is about to change, and gives way to the next rotation', async () => {
    rotation = await PostgresRotation.start('alternating-users', postgres);
    await rotation.rig.rotate();
    await rotation.rig.rotate();
    const token = rotation.rig.begin();
    await rotation.rig.step('createSecret', token);
    await rotation.rig.rollBack();
    await expect(rotation.rig.step('setSecret', token)).rejects.toThrow(/ROTATION_SUPERSEDED/);
    expect(await rotation.currentSignsIn()).toBe('accepted');
    await rotation.rig.rotate();
    expect(await rotation.currentSignsIn()).toBe('accepted');
  });

  test.each(['setSecret', 'finishSecret'] as const)('fail when %s comes before createSecret, and nothing is changed', async (step) => {
    rotation = await PostgresRotation.start('alternating-users', postgres);
    await rotation.rig.rotate();
    const before = await rotation.versionsInForce();
    await expect(rotation.rig.step(step, rotation.rig.begin())).rejects.toThrow(/STEP_OUT_OF_ORDER/);
    expect(await rotation.versionsInForce()).toEqual(before);
  });

  test('a setSecret of a cancelled rotation that comes late changes nothing', async () => {
    rotation = await PostgresRotation.start('alternating-users', postgres);
    await rotation.rig.rotate();
    const cancelled = rotation.rig.begin();
    await rotation.rig.step('createSecret', cancelled);
    await rotation.rig.cancel();
    await rotation.rig.rotate();
    const before = await rotation.versionsInForce();
    await expect(rotation.rig.step('setSecret', cancelled)).rejects.toThrow(/TOKEN_UNKNOWN/);
    expect(await rotation.versionsInForce()).toEqual(before);
  });

  test('each step repeated after the end changes nothing', async () => {
    rotation = await PostgresRotation.start('alternating-users', postgres);
    await rotation.rig.rotate();
    const token = await rotation.rig.rotate();
    const before = await rotation.versionsInForce();
    await rotation.rig.steps(token);
    expect(await rotation.versionsInForce()).toEqual(before);
  });
});
