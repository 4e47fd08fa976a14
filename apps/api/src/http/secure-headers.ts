import helmet from '@fastify/helmet';
import { fastify } from 'fastify';

/** Answers are JSON and the documentation page brings everything it shows, so nothing may come from elsewhere. */
const OPTIONS = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      // Swagger UI carries its styles in the page
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  // whoever ends TLS in front of us decides this; over plain HTTP it means nothing
  strictTransportSecurity: false,
} as const;

const NOT_HELMETS = new Set(['content-length', 'content-type', 'date', 'connection']);

/** What helmet says depends on no request, so it is asked once: it would work out all of it again for every answer. */
export async function secureHeaders(): Promise<Readonly<Record<string, string>>> {
  const asked = fastify();
  await asked.register(helmet, OPTIONS);
  asked.get('/', async () => '');
  const { headers } = await asked.inject('/');
  await asked.close();
  const named = Object.entries(headers).filter(([name]) => !NOT_HELMETS.has(name));
  return Object.fromEntries(named.map(([name, value]) => [name, String(value)]));
}
