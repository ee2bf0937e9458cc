import { everyAttack } from './every-attack';
import { PostgresScene } from './postgres-stage';

jest.setTimeout(120_000);

const scene = new PostgresScene();
beforeAll(() => scene.start());
afterAll(() => scene.stop());

everyAttack('single user of PostgreSQL', ['AWSCURRENT', 'AWSPENDING', 'AWSPREVIOUS'], () => ({ decoy: scene.decoy, bait: scene.bait, start: () => scene.stage('single-user') }));
