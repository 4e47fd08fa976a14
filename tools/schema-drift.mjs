// Do the migrations make what prisma/schema.prisma says? Exit 0: yes. 2: no, and the difference is printed. 1: could not tell.
// The migrations are applied to a shadow database, so DATABASE_URL must name a server whose role may create one.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const prisma = join(dirname(createRequire(import.meta.url).resolve('prisma/package.json')), 'build', 'index.js');
const schema = process.argv[2] ?? join(root, 'prisma', 'schema.prisma');

if (!process.env.DATABASE_URL) {
  console.error('schema-drift: DATABASE_URL names no server to try the migrations on');
  process.exit(1);
}

const question = [
  'migrate',
  'diff',
  '--from-migrations',
  join(root, 'prisma', 'migrations'),
  '--to-schema',
  schema,
  '--exit-code',
];
const { status, stdout, stderr } = spawnSync(process.execPath, [prisma, ...question], {
  cwd: root,
  encoding: 'utf8',
  env: {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: join(root, 'tools', 'schema-engine.mjs'),
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  },
});

// The command ends well and says nothing when its engine dies: only its own words count as a yes.
const isYes = status === 0 && stdout.includes('No difference detected');
if (isYes) {
  console.log('the migrations make what prisma/schema.prisma says');
  process.exit(0);
}
console.error(`${stdout}${stderr}`.trim());
process.exit(status === 2 ? 2 : 1);
