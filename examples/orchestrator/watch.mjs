// What an orchestrator should hear of, as it happens: `node watch.mjs [PLACE-FILE]`. Started again, it goes on where it was.
import { readFile, writeFile } from 'node:fs/promises';
import { events, Refused } from './berth.mjs';

const [placeFile = './berth.place'] = process.argv.slice(2);
const TYPES = [
  // Whoever waits to be told to start, or has a VM under way, hears of its end here.
  'migration.revoked',
  'migration.unreported',
  'migration.landed',
  'migration.aborted',
  // An answer that was planned with is another one now; a VM has one target left, or none.
  'answer.changed',
  'vm.targets-few',
  'host.quarantined',
];

async function watch() {
  const after = await readFile(placeFile, 'utf8').catch(() => 'latest');
  for await (const event of events({ after, types: TYPES })) {
    console.log(
      event.sequence,
      event.type.slice('dev.berth.'.length, -'.v1'.length),
      event.subject,
      JSON.stringify(event.data),
    );
    // After it was dealt with: dying before this line brings the event again, and never loses it.
    await writeFile(placeFile, event.sequence);
  }
}

await watch().catch(async (error) => {
  if (!(error instanceof Refused) || error.code !== 'EVENTS_GONE') throw error;
  console.log('too long away: read again what is followed, then start anew after', error.problem.latest);
  process.exitCode = 1;
});
