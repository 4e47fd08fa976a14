import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../libs/runtime/src/config.js';

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

// What is checked here is the text: no container is started.
const compose: Compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true });
const services = Object.entries(compose.services);
const ours = services.filter(([, service]) => service.build !== undefined);
/** As compose fills in `${NAME:-default}` and `${NAME:?message}`. */
const filled = (text: string): string =>
  text.replace(/\$\{\w+:-([^}]*)\}/g, '$1').replace(/\$\{\w+:\?[^}]*\}/g, 'word');

describe('docker-compose.yml', () => {
  it('has the production shape', () => {
    expect(services.map(([name]) => name)).toEqual(['postgres', 'valkey', 'migrate', 'api', 'worker']);
    expect(compose.services['postgres']?.image).toBe('postgres:18');
  });

  it('never lets the queue forget a job', () => {
    const command = compose.services['valkey']?.command ?? [];
    expect(command[command.indexOf('--maxmemory-policy') + 1]).toBe('noeviction');
  });

  it.each(ours)('%s runs without root, on a read-only disk, without capabilities', (_name, service) => {
    expect(service).toMatchObject({ user: 'node', read_only: true, cap_drop: ['ALL'] });
  });

  it.each(ours)('%s runs a program that exists, with variables that it knows', (_name, service) => {
    const main = service.command?.[1] ?? '';
    expect(existsSync(main.replace('/dist/', '/src/').replace(/\.js$/, '.ts')), main).toBe(true);
    const env = Object.fromEntries(
      Object.entries(service.environment ?? {}).map(([name, value]) => [name, filled(value)]),
    );
    expect(readConfig({ ...env, BERTH_HOST: '0.0.0.0', BERTH_DATA_DIR: '/data' })).toMatchObject({
      kind: 'ok',
      config: { databaseUrl: 'postgresql://berth:word@postgres:5432/berth' },
    });
  });

  it('starts nothing of ours before the schema is there, nor the schema before its servers are', () => {
    expect(compose.services['migrate']?.depends_on).toEqual({
      postgres: { condition: 'service_healthy' },
      valkey: { condition: 'service_healthy' },
    });
    for (const name of ['api', 'worker']) {
      expect(compose.services[name]?.depends_on).toEqual({ migrate: { condition: 'service_completed_successfully' } });
    }
  });

  it('opens one port, on this machine only', () => {
    expect(services.flatMap(([, service]) => service.ports ?? [])).toEqual(['127.0.0.1:8420:8420']);
  });

  it('names each volume that it mounts, and holds no secret', () => {
    const mounted = services.flatMap(([, service]) => service.volumes ?? []).map((volume) => volume.split(':')[0]);
    expect(new Set(mounted)).toEqual(new Set(Object.keys(compose.volumes)));
    expect(readFileSync('docker-compose.yml', 'utf8')).not.toMatch(/PASSWORD: (?!\$\{)/);
  });
});

describe('Dockerfile', () => {
  const lines = readFileSync('Dockerfile', 'utf8').split('\n');

  it('ends as an ordinary user, on the Node of .nvmrc', () => {
    expect(lines.filter((line) => line.startsWith('USER')).at(-1)).toBe('USER node');
    const major = readFileSync('.nvmrc', 'utf8').trim();
    for (const line of lines.filter((text) => text.startsWith('FROM')))
      expect(line).toMatch(new RegExp(`^FROM node:${major}-bookworm-slim`));
  });

  it('copies only what is there', () => {
    const copied = lines.flatMap((line) => /^COPY --from=build \/berth\/(\S+)/.exec(line)?.[1] ?? []);
    expect(copied.filter((path) => !existsSync(path))).toEqual([]);
    expect(copied).toContain('prisma');
  });
});
