// Generates the Prisma client when the schema changed, then compiles every room. Says nothing when all is well.
// `--quick` leaves out the type check, which is half of the work: for whoever only wants to run what was checked before.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const schema = join(root, 'prisma', 'schema.prisma');
const generated = join(root, 'libs', 'persistence', 'src', 'generated', 'prisma');
const stamp = join(generated, '.made-from');
const prisma = createRequire(import.meta.url).resolve('prisma/package.json');

function run(args, env = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  if (status === 0) return;
  process.stderr.write(`${stdout}${stderr}`);
  process.exit(status ?? 1);
}

const madeFrom = createHash('sha256').update(readFileSync(schema)).update(readFileSync(prisma)).digest('hex');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== madeFrom) {
  rmSync(generated, { recursive: true, force: true });
  // the command line wants an engine that `generate` does not use and that cannot be had without a download
  const offline = {
    PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true',
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  };
  run([join(dirname(prisma), 'build', 'index.js'), 'generate', '--schema', schema], offline);
  writeFileSync(stamp, madeFrom);
}
run([join(root, 'tools', 'tsc.mjs'), '-b', ...(process.argv.includes('--quick') ? ['--noCheck'] : [])]);
