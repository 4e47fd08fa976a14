export * from './database/open-database.js';
export type { Readiness } from './database/readiness.js';
export * from './migrate/migrate.js';
