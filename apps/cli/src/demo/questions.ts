import { preflight } from '../commands/preflight.js';
import { sweepStart } from '../commands/sweep-start.js';
import type { Session } from '../session.js';
import type { Fleet } from './fleet.js';

/** A question worth asking: in words, as a command, and asked by what that command runs. */
export interface DemoQuestion {
  readonly question: string;
  readonly command: string;
  readonly ask: (session: Session) => Promise<number>;
}

const phases = 'vm,memslot,fault';

function whoCouldTake(vm: string): DemoQuestion {
  const options = { vms: vm, targets: 'all', phases, wait: true };
  return {
    question: 'Who could take this GPU VM at all?',
    command: `sweep start --vms ${vm} --targets all --phases ${phases} --wait`,
    ask: (session) => sweepStart(session, options),
  };
}

function canItGo(question: string, vm: string, host: string | undefined): DemoQuestion[] {
  if (host === undefined) return [];
  const command = `preflight ${vm} ${host} --phases ${phases}`;
  return [{ question, command, ask: (session) => preflight(session, vm, host, { phases }) }];
}

/** Made from the fleet, so that they fit whatever size was loaded. */
export function demoQuestions(fleet: Fleet): DemoQuestion[] {
  const vm = fleet.vms.find((each) => each.kind === 'grace-gpu-vm');
  if (vm === undefined) return [];
  const hostOf = (kind: string): string | undefined =>
    fleet.hosts.find((each) => each.kind === kind && each.name !== vm.host)?.name;
  return [
    whoCouldTake(vm.name),
    ...canItGo('Why not a host without FWB?', vm.name, hostOf('7.2.13-neoverse-n1')),
    ...canItGo('And where a fact is missing?', vm.name, hostOf('unknown-dic')),
  ];
}
