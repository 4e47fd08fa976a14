import type { Caller } from '@berth/application';
import type { Need } from './needs.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; null on a route that asks for no key. */
    caller: Caller | null;
  }
  interface FastifyContextConfig {
    needs?: Need;
    /** Parameters of the query are read by the route; elsewhere there are none to be sent. */
    query?: boolean;
    /** Opened by a browser, which can only offer a password. */
    page?: boolean;
  }
}
