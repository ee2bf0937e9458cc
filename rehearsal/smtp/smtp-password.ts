import { createHmac } from 'node:crypto';

/**
 * The SMTP password that belongs to a secret access key: https://docs.aws.amazon.com/ses/latest/dg/smtp-credentials.html.
 * Written from that page, and not shared with the handlers: two that agree are worth more than one.
 */
export function smtpPassword(secretAccessKey: string, region: string): string {
  const dated = sign(Buffer.from(`AWS4${secretAccessKey}`), '11111111');
  const regional = sign(dated, region);
  const ofService = sign(regional, 'ses');
  const terminal = sign(ofService, 'aws4_request');
  const signature = sign(terminal, 'SendRawEmail');
  const version = Buffer.of(0x04);
  return Buffer.concat([version, signature]).toString('base64');
}

function sign(key: Buffer, message: string): Buffer {
  return createHmac('sha256', key).update(message, 'utf8').digest();
}
