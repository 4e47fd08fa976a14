import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const rooms = ['libs', 'apps'].flatMap((kind) => readdirSync(join(root, kind)).map((room) => `${kind}/${room}`));

interface Wrong {
  readonly claim: string;
  readonly file: string;
  readonly text: string;
  readonly rule: string;
}

const importing = (claim: string, file: string, imported: string, rule: string): Wrong => ({
  claim,
  file,
  text: `import * as it from '${imported}';\nexport const a = it;`,
  rule,
});

const FORBIDDEN_IMPORTS: readonly Wrong[] = [
  importing('a package in the engine', 'libs/engine/src/a.ts', 'zod', 'packages-of-libs-engine'),
  importing('a builtin in the engine', 'libs/engine/src/b.ts', 'node:fs', 'builtins-of-libs-engine'),
  importing('a room the row does not list', 'libs/contract/src/a.ts', '@berth/application', 'rooms-of-libs-contract'),
  importing('an app in a lib', 'libs/runtime/src/a.ts', '../../../apps/api/src/index.js', 'rooms-of-libs-runtime'),
  importing('a queue package outside the queue', 'apps/api/src/a.ts', 'bullmq', 'packages-of-apps-api'),
  importing('a test package in code', 'libs/queue/src/a.ts', 'vitest', 'packages-of-libs-queue'),
  importing('a package that is not there', 'libs/queue/src/b.ts', 'no-such-package', 'resolvable'),
  importing('a path into another room', 'apps/cli/src/a.ts', '../../../libs/engine/src/index.js', 'through-the-door'),
  importing('one half of a cycle', 'libs/engine/src/c.ts', './d.js', 'no-cycles'),
  importing('the other half of a cycle', 'libs/engine/src/d.ts', './c.js', 'no-cycles'),
  importing('a room without a row', 'libs/extra/src/index.ts', 'node:fs', 'known-rooms'),
  {
    claim: 'a type from a forbidden room',
    file: 'libs/engine/src/e.ts',
    text: "import type { room } from '@berth/contract';\nexport type A = typeof room;",
    rule: 'rooms-of-libs-engine',
  },
];

const lines = Array.from({ length: 42 }, (_, i) => `  it(${i});`).join('\n');
const branches = Array.from({ length: 11 }, (_, i) => `  if (n === ${i}) return ${i};`).join('\n');
const code = (name: string, text: string, rule: string): Wrong => ({
  claim: name,
  file: `libs/queue/src/${name}.ts`,
  text,
  rule,
});

const BAD_CODE: readonly Wrong[] = [
  code('any', 'export const a = (it: any) => it;', 'noExplicitAny'),
  code('non-null', 'export const a = (it?: string) => it!.length;', 'noNonNullAssertion'),
  code('default-export', 'export default 1;', 'noDefaultExport'),
  code('console', "console.log('a');", 'noConsole'),
  code('enum', 'export enum A { B }', 'noEnum'),
  code('nested-ternary', 'export const a = (n: number) => (n ? 1 : n > 2 ? 3 : 4);', 'noNestedTernary'),
  code('camelCase', 'export const a = 1;', 'useFilenamingConvention'),
  code('long', `export function a(it: (n: number) => void) {\n${lines}\n}`, 'noExcessiveLinesPerFunction'),
  code('branches', `export function a(n: number) {\n${branches}\n  return n;\n}`, 'noExcessiveCognitiveComplexity'),
  code('skipped.test', "import { test } from 'vitest';\ntest.skip('a', () => {});", 'noSkippedTests'),
  {
    claim: 'a clock in the engine',
    file: 'libs/engine/src/clock.ts',
    text: 'export const a = () => Date.now();',
    rule: 'noRestrictedGlobals',
  },
  {
    claim: 'floats in the engine',
    file: 'libs/engine/src/floats.ts',
    text: 'export const a = (n: number) => Math.ceil(n);',
    rule: 'noRestrictedGlobals',
  },
];

// `import type` would erase the token Nest injects by, and the parser must know decorators of parameters.
const INJECTED = [
  "import { Preflights } from '@berth/application';",
  "import { room } from '@berth/runtime';",
  "import { Inject } from '@nestjs/common';",
  '',
  'export class A {',
  '  constructor(@Inject(room) readonly it: Preflights) {}',
  '}',
].join('\n');

const RIGHT: Readonly<Record<string, string>> = {
  'libs/contract/src/right.ts':
    "import { room } from '@berth/engine';\nimport { z } from 'zod';\n\nexport const a = [room, z];",
  'libs/persistence/src/right.ts': "import type { Pool } from 'pg';\n\nexport type A = Pool;",
  'libs/engine/src/right.test.ts': "import { test } from 'vitest';\n\ntest('a', () => {});",
  'apps/api/src/right.ts': INJECTED,
  'libs/contract/src/tickets/index.ts': 'export const ticket = 1;',
  'apps/cli/src/right.ts': "import { ticket } from '@berth/contract/tickets';\n\nexport const a = ticket;",
};

const write = (copy: string, path: string, text: string): void => {
  mkdirSync(dirname(join(copy, path)), { recursive: true });
  writeFileSync(join(copy, path), `${text}\n`);
};

// A repository of near-empty rooms under the real rules and with the real packages: whatever a guard says is about the files put there.
function repository(wrong: readonly Wrong[]): string {
  const copy = mkdtempSync(join(tmpdir(), 'berth-guards-'));
  for (const file of ['.dependency-cruiser.cjs', 'biome.json', 'package.json', 'tsconfig.base.json']) {
    cpSync(join(root, file), join(copy, file));
  }
  mkdirSync(join(copy, 'node_modules/@berth'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name !== '@berth') symlinkSync(join(root, 'node_modules', name), join(copy, 'node_modules', name));
  }
  for (const room of rooms) {
    write(copy, `${room}/package.json`, readFileSync(join(root, room, 'package.json'), 'utf8'));
    write(copy, `${room}/src/index.ts`, 'export const room = 1;');
    symlinkSync(join(copy, room), join(copy, 'node_modules/@berth', room.split('/')[1] ?? room));
  }
  for (const [path, text] of Object.entries(RIGHT)) write(copy, path, text);
  for (const { file, text } of wrong) write(copy, file, text);
  return copy;
}

function guard(copy: string, tool: string, ...args: string[]): { status: number | null; said: string } {
  const run = spawnSync(join(root, 'node_modules/.bin', tool), args, { cwd: copy, encoding: 'utf8' });
  return { status: run.status, said: run.stdout + run.stderr };
}

const boundaries = (copy: string) => guard(copy, 'depcruise', '--config', '.dependency-cruiser.cjs', 'apps', 'libs');
const lint = (copy: string) =>
  guard(copy, 'biome', 'ci', '--colors=off', '--formatter-enabled=false', '--max-diagnostics=200', 'libs', 'apps');

describe.each([
  { name: 'the import table', ask: boundaries, wrong: FORBIDDEN_IMPORTS },
  { name: 'lint', ask: lint, wrong: BAD_CODE },
])('$name', ({ ask, wrong }) => {
  const copies: string[] = [];
  const asked = (files: readonly Wrong[]) => {
    const copy = repository(files);
    copies.push(copy);
    return ask(copy);
  };
  let said: string;
  let status: number | null;

  beforeAll(() => {
    ({ said, status } = asked(wrong));
  });
  afterAll(() => {
    for (const copy of copies) rmSync(copy, { recursive: true, force: true });
  });

  test('passes what keeps to it', () => {
    expect(asked([])).toMatchObject({ status: 0 });
  });

  test('exits non-zero', () => {
    expect(status).not.toBe(0);
  });

  test.each(wrong)('refuses $claim', ({ file, rule }) => {
    const named = said
      .split(/\n(?= {2}error )|\n\n/)
      .filter((report) => report.includes(rule) && report.includes(file));
    expect(named, said).not.toEqual([]);
  });
});
