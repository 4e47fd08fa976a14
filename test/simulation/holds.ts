import { expect, test } from 'vitest';
import { run, type Story } from './run.js';

/** In all, over both halves; `BERTH_SIMULATION_SEED` with one run plays a story again. */
const RUNS = Number(process.env['BERTH_SIMULATION_RUNS'] ?? 6000);
const FIRST_SEED = Number(process.env['BERTH_SIMULATION_SEED'] ?? 1);

/** Two files, so that two cores share the seeds. */
export function holds(half: 'odd' | 'even'): void {
  const all = Array.from({ length: RUNS }, (_, at) => FIRST_SEED + at);
  const seeds = all.filter((seed) => seed % 2 === (half === 'odd' ? 1 : 0));
  const name = `in ${seeds.length} runs, of ${half} seeds from ${FIRST_SEED}, the checker finds nothing`;

  test(name, { timeout: 600_000 }, async () => {
    const stories: Pick<Story, 'crashed' | 'landed'>[] = [];
    for (const seed of seeds) {
      const story = await run(seed);
      if (story.broken !== undefined) expect.fail(told(story));
      stories.push({ crashed: story.crashed, landed: story.landed });
    }
    // Runs in which nothing is lost and nothing moves would show little.
    const most = seeds.length < 1000 ? -1 : seeds.length;
    expect(stories.filter(({ crashed }) => crashed).length).toBeGreaterThan(most / 10);
    expect(stories.filter(({ landed }) => landed).length).toBeGreaterThan(most / 50);
  });
}

/** A story from which the fault can be read, and its seed, which tells it again. */
function told({ seed, broken, history }: Story): string {
  const calls = history.map(({ client, op, began, ended, from, until, out }) => {
    const { f, ...rest } = op;
    const times = `${began}–${Number.isFinite(ended) ? ended : '?'} at ${from}–${Number.isFinite(until) ? until : '?'} ms`;
    return `  ${client} ${f} ${JSON.stringify(rest)} → ${out ?? 'no answer'} (${times})`;
  });
  return [`seed ${seed}: ${broken}`, ...calls, `again: BERTH_SIMULATION_SEED=${seed} BERTH_SIMULATION_RUNS=1`].join(
    '\n',
  );
}
