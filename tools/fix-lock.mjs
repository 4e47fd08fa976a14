// Run after every change of package-lock.json. `--check` changes nothing and exits 1 when a run would change something.
//
// Two things npm writes do not survive another machine. A registry that carries packages of one platform only makes npm leave
// the other platforms' optional packages out, and `npm ci` then refuses the lock: each gets a stub, as npm itself would write it.
// And a `resolved` address ties the lock to the registry it was made against: without one npm asks its own.
import { readFileSync, writeFileSync } from 'node:fs';

const LOCK = new URL('../package-lock.json', import.meta.url);
const PLATFORM =
  /(android|darwin|linux|win32|windows|freebsd|openbsd|sunos|aix)[-_](x64|arm64|arm|ia32|riscv64|ppc64|s390x)?/;

const isExact = (range) => /^\d/.test(range);

function stub(name, version, parent) {
  const [, system, cpu] = name.match(PLATFORM) ?? [];
  // In npm's own order of keys, so that the next `npm install` changes nothing.
  return {
    version,
    ...(cpu ? { cpu: [cpu] } : {}),
    ...(parent.dev ? { dev: true } : {}),
    ...(name.includes('musl') ? { libc: ['musl'] } : {}),
    optional: true,
    os: [system === 'windows' ? 'win32' : (system ?? 'none')],
  };
}

function missingStubs(packages) {
  return Object.entries(packages).flatMap(([at, parent]) =>
    Object.entries(parent.optionalDependencies ?? {})
      .filter(([, range]) => at !== '' && isExact(range))
      .filter(([name]) => !packages[`${at}/node_modules/${name}`] && !packages[`node_modules/${name}`])
      .map(([name, version]) => [`node_modules/${name}`, stub(name, version, parent)]),
  );
}

// A workspace's `resolved` is a folder, and npm needs it.
function withoutAddress(entry) {
  if (!entry.resolved?.includes('://')) return entry;
  const { resolved: _, ...rest } = entry;
  return rest;
}

function fixed(lock) {
  const packages = { ...Object.fromEntries(missingStubs(lock.packages)), ...lock.packages };
  const sorted = Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...lock, packages: Object.fromEntries(sorted.map(([at, entry]) => [at, withoutAddress(entry)])) };
}

const before = readFileSync(LOCK, 'utf8');
const after = `${JSON.stringify(fixed(JSON.parse(before)), null, 2)}\n`;
const changes = before !== after;

if (changes && process.argv.includes('--check')) {
  console.error('package-lock.json: run `node tools/fix-lock.mjs`');
  process.exit(1);
}
if (changes) writeFileSync(LOCK, after);
console.log(changes ? 'package-lock.json: mended' : 'package-lock.json: nothing to mend');
