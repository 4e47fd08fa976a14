import { loadExamples } from '../demo/examples.js';
import { demoFleet } from '../demo/fleet.js';
import { loadFleet } from '../demo/load.js';
import { type DemoQuestion, demoQuestions } from '../demo/questions.js';
import { EXIT } from '../exit-code.js';
import { Failure } from '../failure.js';
import { startProgress } from '../progress.js';
import { openSession, type Session } from '../session.js';
import { grouped } from '../views/sweep-view.js';

export interface DemoOptions {
  readonly hosts: string;
  readonly vms: string;
}

const MOST_HOSTS = 5_000;
const MOST_VMS = 50_000;

function countOf(flag: string, text: string, most: number): number {
  const count = /^[0-9]{1,6}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= most) return count;
  throw new Failure(`${flag} ${text}: expected a whole number from 1 to ${most}`);
}

async function ask(session: Session, asked: DemoQuestion): Promise<void> {
  session.say(['', asked.question, `$ npx berth ${asked.command}`]);
  // A person reads this, wherever it goes.
  await asked.ask(openSession(session.terminal, { ...session.given, output: 'table' }));
}

/** `berth demo`: a fleet to play with, made of recorded hosts and example VMs; the same one each time. */
export async function demo(session: Session, options: DemoOptions): Promise<number> {
  const hosts = countOf('--hosts', options.hosts, MOST_HOSTS);
  const vms = countOf('--vms', options.vms, MOST_VMS);
  const fleet = demoFleet(loadExamples(), hosts, vms, new Date().toISOString());
  const progress = startProgress(session.terminal, 'loading');
  const loaded = await loadFleet(session.api(), fleet, progress).finally(() => progress.end());
  const moved = loaded.moved > 0 ? `, ${loaded.moved} moved meanwhile and left alone` : '';
  session.say([
    `loaded ${grouped(hosts)} hosts and ${grouped(vms)} VMs: ${grouped(loaded.registered)} new or changed, ${grouped(loaded.unchanged)} unchanged${moved}`,
    'The hosts are real kernels recorded on emulated CPUs (examples/fingerprints); names and racks are made up.',
    '',
    'Three questions worth asking:',
  ]);
  for (const question of demoQuestions(fleet)) await ask(session, question);
  return EXIT.ok;
}
