import { type Config, readConfig } from '@berth/runtime';
import { describe, expect, it } from 'vitest';
import { firstScreen, type Started } from './first-screen.js';

function configOf(env: Record<string, string>): Config {
  const read = readConfig(env, '/srv');
  if (read.kind === 'invalid') throw new Error(JSON.stringify(read.faults));
  return read.config;
}

function started(env: Record<string, string>, more: Partial<Started> = {}): Started {
  const config = configOf(env);
  const adminKey = { file: `${config.dataDir}/admin-key`, isNew: false };
  return {
    config,
    url: `http://${config.host}:${config.port}`,
    adminKey,
    logFile: '/log',
    postgres: undefined,
    ...more,
  };
}

const OUTSIDE = { DATABASE_URL: 'postgresql://berth:hunter2@db:5432/berth', REDIS_URL: 'redis://:hunter2@cache:6379' };

describe('first screen', () => {
  it('needs no settings for clients where all is as by default', () => {
    const screen = firstScreen(started(OUTSIDE), '/srv');
    expect(screen).toContain('curl -H "Authorization: Bearer $(cat .berth/admin-key)" http://127.0.0.1:8420/v1/hosts');
    expect(screen).not.toContain('export');
  });

  it('gives the settings for clients where it is not', () => {
    const screen = firstScreen(started({ ...OUTSIDE, BERTH_PORT: '9000', BERTH_DATA_DIR: '/var/lib/berth' }), '/srv');
    expect(screen).toContain('export BERTH_URL=http://127.0.0.1:9000 BERTH_KEY="$(cat /var/lib/berth/admin-key)"');
  });

  it('names the servers from outside and none of their secrets', () => {
    const screen = firstScreen(started(OUTSIDE), '/srv');
    expect(screen).toContain('db:5432/berth');
    expect(screen).toContain('cache:6379');
    expect(screen).not.toContain('hunter2');
  });

  it('names an address that one can go to', () => {
    const screen = firstScreen(started({ ...OUTSIDE, BERTH_HOST: '0.0.0.0' }), '/srv');
    expect(screen).toContain('Berth is ready at http://127.0.0.1:8420');
    expect(screen).not.toContain('0.0.0.0');
  });

  it('says what became of a key that was there', () => {
    const adminKey = { file: '/srv/.berth/admin-key', isNew: true, replaced: '/srv/.berth/admin-key.old' };
    expect(firstScreen(started(OUTSIDE, { adminKey }), '/srv')).toContain('now in /srv/.berth/admin-key.old');
  });
});
