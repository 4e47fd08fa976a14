export type { QueueDepth } from './bull-sender.js';
export type { ConsumeOptions, Consumer, Handler, Received } from './consumer.js';
export type { LetterBox } from './letter-box.js';
export { type Decoded, decodePayload, type Payloads, QUEUE_NAMES, type QueueName } from './payloads.js';
export { openQueues, type QueueOptions, type QueueReadiness, Queues } from './queues.js';
export type { QueueFault, TransportKind } from './transport.js';
