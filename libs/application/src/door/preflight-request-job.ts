import type { JsonValue } from '../json.js';

/** Where a preflight may be asked by message: the one queue that others than Berth write to. */
export const PREFLIGHT_REQUEST_QUEUE = 'berth.preflight.request';

/** What is asked there. The key says who asks, as it does over HTTP. */
export interface PreflightRequestJob {
  readonly v: 1;
  /** 1 to 255 visible ASCII characters: the same id in the same fleet is the same question, asked again. */
  readonly requestId: string;
  /** Empty where an operator asks again what had died: the key went with its letter. */
  readonly key: string;
  /** As in `POST /v1/preflights`. */
  readonly body: JsonValue;
}
