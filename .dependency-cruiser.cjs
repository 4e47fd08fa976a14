// The import table: what a room may import. What it does not list is forbidden; a room is entered through its doors only:
// `@berth/<room>`, and what the row lists besides.
// `npm run boundaries` holds it, and test/tools/guards-say-no.test.ts shows that it can refuse.
const NEST = ['@nestjs/common', '@nestjs/core', 'reflect-metadata', 'rxjs'];

const ROOMS = {
  'libs/engine': { rooms: [], packages: [], builtins: false },
  'libs/application': { rooms: ['libs/engine'], packages: [] },
  // The second door is for who must answer within a fraction of a second: the first loads every schema.
  'libs/contract': { rooms: ['libs/engine'], packages: ['zod', 'canonicalize'], doors: ['tickets/index'] },
  'libs/persistence': {
    rooms: ['libs/application', 'libs/contract', 'libs/engine'],
    packages: ['@prisma/client', '@prisma/adapter-pg', 'jose', 'pg'],
  },
  'libs/queue': { rooms: ['libs/application', 'libs/contract'], packages: ['bullmq', 'ioredis', 'pg'] },
  'libs/runtime': {
    rooms: ['libs/application', 'libs/persistence', 'libs/queue'],
    packages: [...NEST, 'pino'],
  },
  'apps/api': {
    rooms: ['libs/runtime', 'libs/application', 'libs/contract', 'libs/engine'],
    packages: [...NEST, '@nestjs/platform-fastify', '@nestjs/swagger', '@fastify/*', 'fastify', 'prom-client', 'yaml'],
  },
  'apps/worker': {
    rooms: ['libs/runtime', 'libs/application', 'libs/contract', 'libs/engine'],
    packages: [...NEST, 'bullmq'],
  },
  'apps/cli': {
    rooms: ['libs/contract', 'libs/engine'],
    packages: ['commander', 'cli-table3', 'picocolors', 'eventsource-parser', 'yaml'],
  },
  'apps/standalone': { rooms: ['libs/runtime', 'libs/persistence'], packages: ['pg'] },
};

// What a test beside the code may use on top of its room's own row.
const FOR_TESTS = ['vitest', 'fast-check', 'jose'];

// A `*.contract.ts` is a suite that several test files run.
const TEST_FILE = '[.](test|contract)[.]ts$';
const escaped = (text) => text.replace(/[.\\+?^$()[\]{}|/-]/g, '\\$&');
const anyOf = (parts) => (parts.length === 0 ? 'a^' : `(${parts.join('|')})`);

// A package's own files, or its types under @types.
function packagePath(name) {
  const types = escaped(name.replace(/^@/, '').replace('/', '__'));
  return `node_modules/(${escaped(name).replace('*', '[^/]+')}|@types/${types})/`;
}

function roomRule(room, { rooms }) {
  const doors = rooms.map((other) => {
    const names = anyOf(['index', ...(ROOMS[other].doors ?? [])].map(escaped));
    return `^${escaped(other)}/(src/${names}[.]ts|dist/${names}[.](js|d[.]ts))$`;
  });
  return {
    name: `rooms-of-${room.replace('/', '-')}`,
    comment: `${room} may import ${rooms.join(', ') || 'no other room'}, each through its doors only`,
    severity: 'error',
    from: { path: `^${escaped(room)}/src/` },
    to: { path: '^(libs|apps)/', pathNot: [`^${escaped(room)}/src/`, ...doors] },
  };
}

function packageRule(room, { packages }) {
  const shared = { severity: 'error', comment: `${room} may import ${packages.join(', ') || 'no package'}` };
  const rule = (name, from, allowed) => ({
    ...shared,
    name: `${name}-of-${room.replace('/', '-')}`,
    from: { path: `^${escaped(room)}/src/`, ...from },
    to: { path: 'node_modules/', pathNot: [anyOf(allowed.map(packagePath))] },
  });
  return [
    rule('packages', { pathNot: [TEST_FILE] }, packages),
    rule('test-packages', { path: `^${escaped(room)}/src/.*${TEST_FILE}` }, [...packages, ...FOR_TESTS]),
  ];
}

function builtinRule(room, { builtins = true }) {
  if (builtins) return [];
  return [
    {
      name: `builtins-of-${room.replace('/', '-')}`,
      comment: `${room} is pure: not even node:`,
      severity: 'error',
      from: { path: `^${escaped(room)}/src/`, pathNot: [TEST_FILE] },
      to: { dependencyTypes: ['core'] },
    },
  ];
}

const everywhere = [
  { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  {
    name: 'through-the-door',
    comment: 'another room is imported as `@berth/<room>`, not by a path into it',
    severity: 'error',
    from: { path: '^(libs|apps)/([^/]+)/' },
    to: {
      path: '^(libs|apps)/',
      pathNot: '^(libs|apps)/$2/',
      dependencyTypes: ['local'],
      dependencyTypesNot: ['aliased-workspace'],
    },
  },
  {
    name: 'known-rooms',
    comment: 'a new room needs a row in ROOMS',
    severity: 'error',
    from: { path: '^(libs|apps)/[^/]+/', pathNot: Object.keys(ROOMS).map((room) => `^${escaped(room)}/`) },
    to: {},
  },
  {
    name: 'declared-packages',
    comment: 'what runs is declared in package.json, and not as a development package',
    severity: 'error',
    from: { path: '^(libs|apps)/', pathNot: TEST_FILE },
    to: {
      dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
      dependencyTypesNot: ['npm', 'type-only', 'local', 'localmodule'],
    },
  },
  {
    name: 'no-tests-in-code',
    comment: 'only a test imports what stands in test/, tools/ or bench/, or another test',
    severity: 'error',
    from: { path: '^(libs|apps)/', pathNot: TEST_FILE },
    to: { path: ['^(test|tools|bench)/', TEST_FILE] },
  },
];

module.exports = {
  forbidden: [
    ...everywhere,
    ...Object.entries(ROOMS).flatMap(([room, row]) => [
      roomRule(room, row),
      ...packageRule(room, row),
      ...builtinRule(room, row),
    ]),
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^test/', '^tools/'] },
    exclude: { path: ['^(libs|apps)/[^/]+/dist/', '/src/generated/'] },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['berth-source', 'import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
      extensions: ['.ts', '.mts', '.js', '.mjs', '.cjs', '.json', '.node', '.d.ts'],
    },
  },
};
