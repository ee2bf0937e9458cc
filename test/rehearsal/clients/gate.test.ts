import fc from 'fast-check';
import { Gate } from '../../../rehearsal/clients/gate';

describe('a gate', () => {
  test('lets all through, never more at a time than it is wide', async () => {
    const [widths, counts] = [fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 12 })];
    await fc.assert(fc.asyncProperty(widths, counts, fc.scheduler(), async (width, count, scheduler) => {
      const gate = new Gate(width);
      let inside = 0;
      let most = 0;
      const works = Promise.all(Array.from({ length: count }, (_, index) => gate.pass(async () => {
        most = Math.max(most, inside += 1);
        await scheduler.schedule(Promise.resolve());
        inside -= 1;
        return index;
      })));
      expect(await scheduler.waitFor(works)).toEqual(Array.from({ length: count }, (_, index) => index));
      expect(most).toBe(Math.min(width, count));
    }), { numRuns: 50 });
  });

  test('is left by work that fails', async () => {
    const gate = new Gate(1);
    await expect(gate.pass(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(gate.pass(() => Promise.resolve('next'))).resolves.toBe('next');
  });
});
