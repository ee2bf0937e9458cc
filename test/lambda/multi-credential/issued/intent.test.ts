import { Labels } from '../../../../lambda/engine/labels';
import { Intent, MOST_SLOTS } from '../../../../lambda/multi-credential/issued/intent';
import type { ListedCredential } from '../../../../service';

const AT = Date.UTC(2026, 0, 1);
const credential = (id: string, madeAfterMs: number): ListedCredential => ({ id, createdAt: new Date(AT + madeAfterMs), active: true });
const before = credential('AKIABEFORE', -1_000);

/** On record from AT to a minute later. */
function recorded(live: readonly ListedCredential[] = [before]): Intent {
  const [intent] = Intent.readAll(new Labels('arn:secret', true, { v1: ['AWSCURRENT', 'somebody/elses', Intent.label(live, AT, AT + 60_000)] }));
  if (intent === undefined) throw new Error('no intent was read');
  return intent;
}

describe('an intent on record', () => {
  test('explains a credential that was made in its time', () => {
    expect(recorded().explains(credential('AKIANEW', 30_000))).toBe(true);
  });

  test('explains no credential that was there before, however young', () => {
    expect(recorded().explains(before)).toBe(false);
  });

  test.each([['earlier', -6_000], ['later', 66_000]])('explains no credential that was made %s, clocks allowed for', (_, madeAfterMs) => {
    expect(recorded().explains(credential('AKIANEW', madeAfterMs))).toBe(false);
  });

  test('is open while its invocation may be at work', () => {
    expect([recorded().isOpen(AT + 60_000), recorded().isOpen(AT + 60_001)]).toEqual([true, false]);
  });

  test('is kept for a minute more, for services that list late what they made', () => {
    expect([recorded().isSettled(AT + 120_000), recorded().isSettled(AT + 120_001)]).toEqual([false, true]);
  });

  test('is a staging label within Secrets Manager\'s 256 characters, whatever the ids', () => {
    const live = Array.from({ length: MOST_SLOTS }, (_, index) => credential(`${'x'.repeat(500)}${index}`, 0));
    expect(Intent.label(live, AT, AT + 60_000).length).toBeLessThanOrEqual(256);
    expect(live.some((one) => recorded(live).explains(one))).toBe(false);
  });
});
