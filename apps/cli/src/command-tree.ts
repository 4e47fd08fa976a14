import type { Command } from 'commander';
import type { Bind } from './bind.js';

const LABELS = 'key=value, commas between several';
const SELECTOR = 'all, NAME,NAME, label:key=value or host:NAME';

/** Options of every command that asks a question. */
function asking(command: Command): Command {
  return command
    .option('--policy <policy>', 'strict (default), kernel, or a proposal: `berth explain policies`')
    .option('--phases <list>', 'ask these phases only, e.g. vm,memslot,fault');
}

/** For an option that may be given more than once. */
const each = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

function listing(command: Command): Command {
  return command
    .option('--limit <n>', 'at most so many')
    .option('--cursor <cursor>', 'go on there: nextCursor of the page before (-o json)');
}

function addQuestions(program: Command, bind: Bind): void {
  asking(program.command('preflight <vm> <host>').description('can this VM go to this host?'))
    .option('--expect <revisions>', 'answer for these revisions or not at all, e.g. vm=12,host=18')
    .action(bind(async () => (await import('./commands/preflight.js')).preflight));
  asking(program.command('evaluate').description('the same question on files, without a server'))
    .requiredOption('--manifest <file>', 'the VM: berth.manifest/1 (- reads standard input)')
    .requiredOption('--target <file>', 'the target: berth.fingerprint/1')
    .option('--source <file>', 'the host it leaves: berth.fingerprint/1')
    .option('--suppose <list>', 'what a proposal goes by, e.g. cacheableFlag,sealed=false')
    .action(bind(async () => (await import('./commands/evaluate.js')).evaluate));
  asking(program.command('replay <id>').description('a preflight once more: the rulebook of today, other facts'))
    .option('--set <path=value>', 'another fact of the host, e.g. cpu.fwb=false; =null forgets it', each)
    .option('--set-manifest <path=value>', 'another fact of the VM, e.g. vm.mte=true', each)
    .action(bind(async () => (await import('./commands/replay.js')).replay));
  program
    .command('explain [word]')
    .description('a reason, check, generation, phase or policy: what it means, the kernel source, what to do')
    .action(bind(async () => (await import('./commands/explain.js')).explain));
}

function addHosts(program: Command, bind: Bind): void {
  const host = program.command('host').description('what hosts can do');
  host
    .command('put <host>')
    .description('register a fingerprint')
    .requiredOption('-f, --file <file>', 'berth.fingerprint/1 (- reads standard input)')
    .option('--if-match <revision>', 'only when this is the revision that stands')
    .action(bind(async () => (await import('./commands/host-put.js')).hostPut));
  host
    .command('get <host>')
    .description('state, freshness, generation and facts')
    .action(bind(async () => (await import('./commands/host-get.js')).hostGet));
  listing(host.command('list').description('the hosts of the fleet'))
    .option('--label <labels>', LABELS)
    .option('--state <state>', 'active, cordoned, maintenance or retired')
    .option('--freshness <freshness>', 'fresh, stale, rebooted, mismatched or expired')
    .option('--requires <traits>', 'all of these, e.g. fwb,cacheable-pfnmap; in:a,b for any of them')
    .option('--forbids <traits>', 'known not to have these')
    .action(bind(async () => (await import('./commands/host-list.js')).hostList));
  host
    .command('label <host> <labels...>')
    .description('set labels: key=value; key= removes one')
    .action(bind(async () => (await import('./commands/host-patch.js')).hostLabel));
  host
    .command('cordon <host>')
    .description('take no more VMs')
    .action(bind(async () => (await import('./commands/host-patch.js')).hostCordon));
  host
    .command('uncordon <host>')
    .description('take VMs again')
    .action(bind(async () => (await import('./commands/host-patch.js')).hostUncordon));
  host
    .command('diff <host> [a] [b]')
    .description('what changed between two revisions; the last two when none are named')
    .action(bind(async () => (await import('./commands/host-diff.js')).hostDiff));
}

function addVms(program: Command, bind: Bind): void {
  const vm = program.command('vm').description('what VMs need');
  vm.command('put <vm>')
    .description('register a manifest')
    .requiredOption('-f, --file <file>', 'berth.manifest/1 (- reads standard input)')
    .option('--host <host>', 'where it runs, in place of what the file says')
    .option('--if-match <revision>', 'only when this is the revision that stands')
    .action(bind(async () => (await import('./commands/vm-put.js')).vmPut));
  vm.command('get <vm>')
    .description('where it runs and what it needs')
    .action(bind(async () => (await import('./commands/vm-get.js')).vmGet));
  listing(vm.command('list').description('the VMs of the fleet'))
    .option('--label <labels>', LABELS)
    .option('--host <host>', 'those that run there')
    .action(bind(async () => (await import('./commands/vm-list.js')).vmList));
}

function addSweeps(program: Command, bind: Bind): void {
  const sweep = program.command('sweep').description('many VMs against many hosts, done by the workers');
  asking(sweep.command('start').description('start one'))
    .requiredOption('--vms <selector>', SELECTOR)
    .requiredOption('--targets <selector>', SELECTOR)
    .option('--wait', 'stay until it ends and show how far it is')
    .action(bind(async () => (await import('./commands/sweep-start.js')).sweepStart));
  sweep
    .command('get <id>')
    .description('how far it is, and what it found')
    .option('--wait', 'stay until it ends')
    .action(bind(async () => (await import('./commands/sweep-get.js')).sweepGet));
  listing(sweep.command('results <id>').description('the answers, pair by pair'))
    .option('--outcome <outcome>', 'compatible, incompatible or indeterminate')
    .action(bind(async () => (await import('./commands/sweep-results.js')).sweepResults));
  sweep
    .command('cancel <id>')
    .description('stop it; what is answered stays')
    .action(bind(async () => (await import('./commands/sweep-cancel.js')).sweepCancel));
}

function addKeys(program: Command, bind: Bind): void {
  const key = program.command('key').description('API keys (admin)');
  key
    .command('issue')
    .description('make a key; it is shown once')
    .requiredOption('--role <role>', 'agent, reader, orchestrator, operator or admin')
    .option('--host <host>', 'the one host an agent speaks for')
    .option('--label <text>', 'what it is for')
    .action(bind(async () => (await import('./commands/keys.js')).keyIssue));
  listing(key.command('list').description('the keys, without their secrets')).action(
    bind(async () => (await import('./commands/keys.js')).keyList),
  );
  key
    .command('revoke <id>')
    .description('make a key useless, at once')
    .action(bind(async () => (await import('./commands/keys.js')).keyRevoke));
}

function addRest(program: Command, bind: Bind): void {
  program
    .command('demo')
    .description('load a made-up fleet of recorded hosts and example VMs, and ask it three questions')
    .option('--hosts <n>', 'so many hosts', '200')
    .option('--vms <n>', 'so many VMs', '1000')
    .action(bind(async () => (await import('./commands/demo.js')).demo));
  program
    .command('config')
    .description('which server and key would be used, and where that comes from')
    .action(bind(async () => (await import('./commands/config.js')).config));
}

export function addCommands(program: Command, bind: Bind): void {
  addQuestions(program, bind);
  addHosts(program, bind);
  addVms(program, bind);
  addSweeps(program, bind);
  addKeys(program, bind);
  addRest(program, bind);
}
