import type { Errno } from './model/errno.js';
import type { Registration } from './model/verdict.js';

/** How a slot fares at registration. */
export interface Admission {
  readonly registration: Registration;
  readonly errno: Errno | null;
}
