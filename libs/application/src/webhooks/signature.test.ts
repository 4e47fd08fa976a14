import { expect, test } from 'vitest';
import { Webhook } from '../../../../test/support/standard-webhooks.js';
import { newWebhookSecret, printWebhookSecret, webhookSignature } from './signature.js';

const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330, body: '{"test": 2432232314}' };

test('it is the published one for the published secret', () => {
  // the vector of the reference libraries (standard-webhooks, libraries/*/test)
  const secret = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
  expect(webhookSignature(message, [secret])).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test('another library verifies what was signed now, by either of two secrets', () => {
  const [newest, old] = [newWebhookSecret(), newWebhookSecret()];
  const timestamp = Math.floor(Date.now() / 1000);
  const headers = {
    'webhook-id': message.id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': webhookSignature({ ...message, timestamp }, [newest, old]),
  };
  for (const secret of [newest, old])
    expect(new Webhook(printWebhookSecret(secret)).verify(message.body, headers)).toEqual({ test: 2_432_232_314 });
  expect(() => new Webhook(printWebhookSecret(newWebhookSecret())).verify(message.body, headers)).toThrow();
  expect(() => new Webhook(printWebhookSecret(newest)).verify(`${message.body} `, headers)).toThrow();
});
