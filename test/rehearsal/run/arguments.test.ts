import { parseCommand } from '../../../rehearsal/run/arguments';

test('a directory is enough', () => {
  expect(parseCommand(['rehearse', 'cdk.out'])).toEqual({ assembly: 'cdk.out', html: 'rehearsal-report/index.html' });
});

test('every option is understood', () => {
  const options = ['--rotations', '3', '--interval', '1.5', '--superuser', 'A', '--superuser', 'B', '--json', 'r.json', '--html', 'r.html', '--postgres-from', '..'];
  expect(parseCommand(['rehearse', 'cdk.out', ...options])).toEqual({
    assembly: 'cdk.out', rotations: 3, intervalMs: 1_500, superusers: ['A', 'B'], json: 'r.json', html: 'r.html', postgresFrom: '..',
  });
});

test.each([[['--help']], [['rehearse', '-h']]])('help is given for %j', (args) => {
  expect(parseCommand(args)).toBe('help');
});

test.each([
  [[], 'A command is missing'],
  [['deploy'], 'There is no command deploy'],
  [['rehearse'], 'The directory of the cloud assembly is missing'],
  [['rehearse', 'a', 'b'], 'One directory is rehearsed at a time; b is too much'],
  [['rehearse', 'a', '--rotations', '0'], '--rotations is a whole number from 1 to 9999, not 0'],
  [['rehearse', 'a', '--rotations', 'many'], 'not many'],
  [['rehearse', 'a', '--interval', '0'], '--interval is a number of seconds above 0, not 0'],
  [['rehearse', 'a', '--interval=-1'], 'not -1'],
  [['rehearse', 'a', '--speed', '9'], '--speed'],
  [['rehearse', 'a', '--json'], '--json'],
])('refuses %j and says why', (args, message) => {
  expect(() => parseCommand(args)).toThrow(message);
});
