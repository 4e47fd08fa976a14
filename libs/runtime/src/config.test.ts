import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig, readConfig, requireDatabaseUrl } from './config.js';
import { serverAddress } from './server-address.js';

const faultsOf = (env: Record<string, string>): string[] => {
  const read = readConfig(env, '/srv');
  return read.kind === 'ok' ? [] : read.faults.map((fault) => `${fault.name} ${fault.message}`);
};

describe('config', () => {
  it('has a default for everything', () => {
    expect(readConfig({ PATH: '/bin' }, '/srv')).toEqual({
      kind: 'ok',
      config: {
        databaseUrl: undefined,
        redisUrl: undefined,
        host: '127.0.0.1',
        port: 8420,
        dataDir: '/srv/.berth',
        factTtlMs: 86_400_000,
        heartbeatMs: 20_000,
        ticketTtlMs: 300_000,
        migrationDeadlineMs: 3_600_000,
        events: { retentionMs: 7 * 86_400_000, webhookPrivate: false, webhookRetryMs: 5_000 },
        logLevel: 'info',
        logLevelChosen: false,
      },
    });
  });

  it('takes an empty variable for an absent one', () => {
    expect(readConfig({ DATABASE_URL: '', BERTH_PORT: '' }, '/srv')).toMatchObject({
      kind: 'ok',
      config: { databaseUrl: undefined, port: 8420 },
    });
  });

  it('reads what is set', () => {
    const env = {
      DATABASE_URL: 'postgresql://berth:s3cret@db/berth',
      REDIS_URL: 'rediss://cache:6380/1',
      BERTH_HOST: '::',
      BERTH_PORT: '0',
      BERTH_DATA_DIR: 'data',
      BERTH_FACT_TTL: '90m',
      BERTH_TICKET_TTL: '2m',
      BERTH_MIGRATION_DEADLINE: '3h',
      BERTH_EVENT_RETENTION: '4d',
      BERTH_WEBHOOK_PRIVATE: 'allow',
      BERTH_WEBHOOK_RETRY: '2s',
      BERTH_LOG_LEVEL: 'WARN',
      BERTH_KEY: 'for clients',
      BERTH_URL: 'for clients',
    };
    expect(readConfig(env, '/srv')).toMatchObject({
      kind: 'ok',
      config: {
        host: '::',
        port: 0,
        dataDir: '/srv/data',
        factTtlMs: 5_400_000,
        ticketTtlMs: 120_000,
        migrationDeadlineMs: 10_800_000,
        events: { retentionMs: 345_600_000, webhookPrivate: true, webhookRetryMs: 2_000 },
        logLevel: 'warn',
        logLevelChosen: true,
      },
    });
  });

  it('names every fault at once', () => {
    expect(
      faultsOf({
        BERTH_PORT: '70000',
        BERTH_FACT_TTL: 'a day',
        BERTH_LOG_LEVEL: 'loud',
        BERTH_HOST: 'a b',
        DATABASE_URL: 'mysql://x',
        REDIS_URL: 'localhost',
        BERTH_PROT: '1',
      }).map((fault) => fault.split(' ')[0]),
    ).toEqual([
      'BERTH_PROT',
      'DATABASE_URL',
      'REDIS_URL',
      'BERTH_HOST',
      'BERTH_PORT',
      'BERTH_FACT_TTL',
      'BERTH_LOG_LEVEL',
    ]);
  });

  it.each([
    ['BERTH_PROT', 'BERTH_PORT'],
    ['BERTH_DATADIR', 'BERTH_DATA_DIR'],
    ['BERTH_LOGLEVEL', 'BERTH_LOG_LEVEL'],
    ['BERTH_FACTS_TTL', 'BERTH_FACT_TTL'],
  ])('guesses what %s was meant to be', (wrong, right) => {
    expect(faultsOf({ [wrong]: 'x' })).toEqual([`${wrong} is not known: did you mean ${right}?`]);
  });

  it('lists what is known when it cannot guess', () => {
    expect(faultsOf({ BERTH_SOMETHING_ELSE: 'x' })[0]).toContain('known are DATABASE_URL, REDIS_URL, BERTH_HOST');
  });

  it.each(['-1', '1.5', '65536', '0x10', ' 80', 'http'])('refuses the port %s', (port) => {
    expect(faultsOf({ BERTH_PORT: port })).toHaveLength(1);
  });

  it.each(['0s', '500ms', '400d', '24', 'h', '1e3s', '-5m'])('refuses the duration %s', (ttl) => {
    expect(faultsOf({ BERTH_FACT_TTL: ttl })).toHaveLength(1);
  });

  it.each(['0s', '999ms', '1500ms', '6m', '1d', 'soon'])('refuses heartbeats %s apart', (heartbeat) => {
    expect(faultsOf({ BERTH_HEARTBEAT: heartbeat })).toHaveLength(1);
  });

  it.each([
    ['1s', 1000],
    ['5m', 300_000],
  ])('takes heartbeats %s apart', (heartbeat, heartbeatMs) => {
    expect(readConfig({ BERTH_HEARTBEAT: heartbeat }, '/srv')).toMatchObject({ kind: 'ok', config: { heartbeatMs } });
  });

  it('takes a key for tickets, and says what is wrong with another', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    const { x = '' } = publicKey.export({ format: 'jwk' });
    const ticketKey = { publicKey: Buffer.from(x, 'base64url') };
    expect(readConfig({ BERTH_TICKET_KEY: pem }, '/srv')).toMatchObject({ kind: 'ok', config: { ticketKey } });
    expect(faultsOf({ BERTH_TICKET_KEY: pem.slice(0, 70) })).toEqual([
      expect.stringMatching(/^BERTH_TICKET_KEY cannot be read; must be an Ed25519 private key/),
    ]);
  });

  it('takes no word for private webhooks but two', () => {
    for (const word of ['yes', 'true', 'ALLOW'])
      expect(faultsOf({ BERTH_WEBHOOK_PRIVATE: word })).toEqual([
        `BERTH_WEBHOOK_PRIVATE \`${word}\` is not \`allow\` or \`refuse\``,
      ]);
  });

  it('repeats no secret', () => {
    const secret = 'hunter2';
    const faults = faultsOf({
      DATABASE_URL: `mysql://u:${secret}@h/d`,
      REDIS_URL: `http://:${secret}@h`,
      BERTH_KEEY: secret,
    });
    expect(faults).toHaveLength(3);
    expect(faults.join('\n')).not.toContain(secret);
  });

  it('throws with a message that can be printed as it stands', () => {
    expect(() => loadConfig({ BERTH_PORT: 'x', BERTH_HOST: '/' })).toThrow(ConfigError);
    expect(() => loadConfig({ BERTH_PORT: 'x', BERTH_HOST: '/' })).toThrow(
      /^the environment has 2 faults\n {2}BERTH_HOST: .*\n {2}BERTH_PORT: /,
    );
  });

  it('asks for a database where none can be brought up', () => {
    expect(() => requireDatabaseUrl(loadConfig({}))).toThrow(/DATABASE_URL: is not set/);
    expect(requireDatabaseUrl(loadConfig({ DATABASE_URL: 'postgres://h/d' }))).toBe('postgres://h/d');
  });
});

describe('serverAddress', () => {
  it.each([
    ['postgresql://berth:s3cret@db.example:5432/berth?sslmode=require', 'db.example:5432/berth'],
    ['redis://:s3cret@cache:6379', 'cache:6379'],
    ['rediss://cache:6380/1', 'cache:6380/1'],
    ['postgres://berth:p%40ss@[::1]:5432/', '[::1]:5432'],
    ['redis+sentinel://:s3cret@a:1,b:2/main', 'a:1,b:2/main'],
  ])('shows where %s is and nothing else', (url, shown) => {
    expect(serverAddress(url)).toBe(shown);
  });
});
