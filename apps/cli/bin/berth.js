#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const built = new URL('../dist/main.js', import.meta.url);

if (existsSync(fileURLToPath(built))) await import(built.href);
else {
  process.stderr.write('berth: not built yet; run `npm ci && npm run build` in the repository first\n');
  process.exitCode = 1;
}
