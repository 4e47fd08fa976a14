import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.js';

describe('logger', () => {
  it('writes one JSON line, the level first, and no secret', () => {
    const lines: string[] = [];
    const logger = createLogger('api', 'info', { write: (line: string) => lines.push(line) });
    logger.info(
      {
        headers: { authorization: 'Bearer berth_a_secret' },
        key: 'berth_a_secret',
        config: { databaseUrl: 'postgres://u:secret@h/d' },
        host: 'gh-03',
      },
      'decided',
    );
    logger.debug('not shown');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\{"level":30,/);
    expect(lines[0]).not.toContain('_secret');
    expect(lines[0]).not.toContain(':secret@');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ part: 'api', host: 'gh-03', msg: 'decided' });
  });
});
