import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import { DocumentHolder } from './document-holder.js';

export const DOCS_PATH = '/docs';

/** The page for people, from our own disk. Its routes are not Nest's, so the app names their role itself. */
export function serveSwaggerUi(app: NestFastifyApplication): void {
  const holder = app.get(DocumentHolder);
  SwaggerModule.setup(
    DOCS_PATH,
    app,
    () => holder.get() as unknown as ReturnType<typeof SwaggerModule.createDocument>,
    {
      raw: false,
      customSiteTitle: 'Berth',
      // the default asks a validator on the Internet about the document
      swaggerOptions: { validatorUrl: null, persistAuthorization: false },
    },
  );
}
