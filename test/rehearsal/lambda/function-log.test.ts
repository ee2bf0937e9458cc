import { measurementsIn } from '../../../rehearsal/lambda/function-log';

test('lines of the engine are read: window, sign-ins, reason', () => {
  const lines = [
    JSON.stringify({ level: 'INFO', windowStartedAt: '2026-01-01T00:00:00.000Z', RefusalWindow: 12, SignIns: 2, SignInsRefused: 1, _aws: {} }),
    JSON.stringify({ level: 'ERROR', code: 'DRIFT', reason: 'the twins differ', SignIns: 1 }),
  ];
  expect(measurementsIn(lines)).toEqual({ windowMs: 12, windowStartedAt: Date.UTC(2026, 0, 1), signIns: 3, signInsRefused: 1, reason: 'DRIFT: the twins differ' });
});

test('a prefix before the JSON does not matter', () => {
  expect(measurementsIn(['2026-01-01T00:00:00Z id INFO {"SignIns":4}']).signIns).toBe(4);
});

test('lines of others say nothing', () => {
  expect(measurementsIn(['step createSecret', '{broken', '[1]', 'null', '{}'])).toEqual({ signIns: 0, signInsRefused: 0 });
});
