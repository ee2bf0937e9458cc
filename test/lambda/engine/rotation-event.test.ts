import { parseRotationEvent } from '../../../lambda/engine/rotation-event';

const EVENT = {
  Step: 'createSecret',
  SecretId: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:app-AbCdEf',
  ClientRequestToken: '00000000-0000-4000-8000-000000000001',
  RotationToken: 'sensitive-rotation-token-of-secrets-manager',
};

describe('the event of Secrets Manager', () => {
  test.each(['createSecret', 'setSecret', 'testSecret', 'finishSecret'])('%s is a step', (step) => {
    const { SecretId: secretArn, ClientRequestToken: clientRequestToken } = EVENT;
    expect(parseRotationEvent({ ...EVENT, Step: step })).toMatchObject({ step, secretArn, clientRequestToken });
  });

  test('its rotation token never shows when the request is printed or serialised', () => {
    const request = parseRotationEvent(EVENT);
    expect(request.rotationToken).toBe(EVENT.RotationToken);
    expect(JSON.stringify(request)).not.toContain(EVENT.RotationToken);
    expect(Object.values(request)).not.toContain(EVENT.RotationToken);
  });

  test('refuses an unknown step, naming the known ones', () => {
    expect(() => parseRotationEvent({ ...EVENT, Step: 'deleteSecret' })).toThrow(/UNKNOWN_STEP: the event's Step 'deleteSecret' is not one of createSecret, setSecret, testSecret, finishSecret/);
  });

  test('refuses a step that could forge a log line without repeating it', () => {
    expect(() => parseRotationEvent({ ...EVENT, Step: 'x\n{"level":"INFO"}' })).toThrow(/UNKNOWN_STEP: the event's Step is not one of/);
  });

  test.each(['Step', 'SecretId', 'ClientRequestToken'])('refuses an event without %s', (key) => {
    expect(() => parseRotationEvent({ ...EVENT, [key]: undefined })).toThrow(`MALFORMED_EVENT: the event has no ${key}`);
  });

  test.each([undefined, null, 'createSecret', 7, []])('refuses %p as an event', (event) => {
    expect(() => parseRotationEvent(event)).toThrow(/MALFORMED_EVENT/);
  });
});
