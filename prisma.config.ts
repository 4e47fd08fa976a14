import { defineConfig } from 'prisma/config';

// `prisma generate` and `validate` need no database, so a missing DATABASE_URL is not yet a mistake here.
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env['DATABASE_URL'] ?? 'postgresql://127.0.0.1:1/none' },
});
