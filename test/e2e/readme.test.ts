// Every command that README.md shows is run, in its order, against one server; where it shows an answer, that is the answer.
//
// A block marked `console` is a session: `$ ` begins a command, a trailing backslash goes on with it, and what follows is its output.
// - `npm ci && npm start`: `npm start` is run for real, with a free port and an empty data directory in place of 8420 and .berth, and the other
//   commands find it by BERTH_URL and BERTH_DATA_DIR. `npm ci` is not run again: it made the node_modules this test runs on.
// - `npm ci && npm test`: this test is part of what it runs, so only the script's being there is checked.
// - everything else goes through the shell as it stands. Exit codes 3 and 4 are answers; 1 is not.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StartedBerth, startBerth } from '../support/started-berth.js';

interface Shown {
  readonly command: string;
  readonly output: string;
}

const START = 'npm ci && npm start';
const TEST = 'npm ci && npm test';
const PAGES = [
  'README.md',
  'examples/README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((page) => page.endsWith('.md'))
    .map((page) => `docs/${page}`),
];

function sessions(markdown: string): string[] {
  return [...markdown.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');
}

function shownIn(session: string): Shown[] {
  const joined = session.replace(/\\\n\s*/g, '');
  return joined
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...output] = part.split('\n');
      return { command, output: output.join('\n').trimEnd() };
    });
}

const README = readFileSync('README.md', 'utf8');
const SHOWN = sessions(README).flatMap(shownIn);
const RUN = SHOWN.filter(({ command }) => command !== START && command !== TEST);

async function shell(
  command: string,
  env: Readonly<Record<string, string>>,
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn('sh', ['-c', command], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...said };
}

let server: StartedBerth;

beforeAll(async () => {
  server = await startBerth(['npm', 'start', '--silent']);
}, 180_000);

afterAll(async () => {
  await server?.stop();
});

describe('README.md', () => {
  it('shows the two commands, and a question with its answer', () => {
    const commands = SHOWN.map(({ command }) => command);
    expect(commands.slice(0, 2)).toEqual([START, TEST]);
    const scripts = JSON.parse(readFileSync('package.json', 'utf8')).scripts;
    expect([typeof scripts.start, typeof scripts.test, typeof scripts.demo]).toEqual(['string', 'string', 'string']);
    expect(SHOWN.filter(({ output }) => output !== '').length).toBeGreaterThan(0);
  });

  it('`npm start` says where it listens, where the key is and what to try', () => {
    const screen = server.firstScreen();
    for (const words of [server.url, join(server.dataDir, 'admin-key'), 'npx berth', 'Ctrl-C'])
      expect(screen).toContain(words);
    expect(screen).not.toContain(server.key);
  });

  it.each(RUN)(
    '$command',
    async ({ command, output }) => {
      const { code, out, err } = await shell(command, server.env);
      expect([err, [0, 3, 4].includes(code ?? -1)]).toEqual([err, true]);
      if (output !== '') expect(out.trimEnd()).toBe(output);
    },
    180_000,
  );

  it.each(PAGES)('%s: every link into the repository leads somewhere', (page) => {
    const links = [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:)([^)#]+)/g)].map((match) => match[1] ?? '');
    for (const link of links) expect([link, existsSync(join(dirname(page), link))]).toEqual([link, true]);
  });
});
