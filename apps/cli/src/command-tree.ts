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
    .option('--catalogue <file>', 'rows for drivers that Berth does not know')
    .option('--suppose <list>', 'what a proposal goes by, e.g. cacheableFlag,sealed=false')
    .action(bind(async () => (await import('./commands/evaluate.js')).evaluate));
  asking(program.command('replay <id>').description('a preflight once more: the rulebook of today, other facts'))
    .option('--set <path=value>', 'another fact of the host, e.g. cpu.fwb=false; =null forgets it', each)
    .option('--set-manifest <path=value>', 'another fact of the VM, e.g. vm.mte=true', each)
    .option('--catalogue <which>', 'the added rows of today (default), or those it was stored with')
    .action(bind(async () => (await import('./commands/replay.js')).replay));
  program
    .command('explain [word]')
    .description('a reason, check, generation, phase or policy: what it means, the kernel source, what to do')
    .action(bind(async () => (await import('./commands/explain.js')).explain));
}

function addFleet(program: Command, bind: Bind): void {
  program
    .command('candidates <vm>')
    .description('which hosts could take this VM?')
    .option('--policy <policy>', 'strict (default), kernel, or a proposal: `berth explain policies`')
    .option('--label <labels>', LABELS)
    .option('--exclude <hosts>', 'not these, commas between several')
    .option('--refused', 'list the hosts as well that do not say yes, and why')
    .option('--limit <n>', 'list so many at most (50)')
    .action(bind(async () => (await import('./commands/candidates.js')).candidates));
  program
    .command('evacuation <host>')
    .description('where could each VM on this host go? The hardest to place first')
    .action(bind(async () => (await import('./commands/evacuation.js')).evacuation));
  program
    .command('inventory')
    .description('how many hosts can do what?')
    .option('--by <names>', 'generation, state, freshness, label:KEY, or what --requires asks for', 'generation,fwb')
    .action(bind(async () => (await import('./commands/inventory.js')).inventory));
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
    .command('agree <host> <machineId>')
    .description('this machine answers to the name: ends the quarantine after another one did')
    .action(bind(async () => (await import('./commands/host-patch.js')).hostAgree));
  host
    .command('diff <host> [a] [b]')
    .description('what changed between two revisions, and for which VMs; the last two when none are named')
    .option('--limit <n>', 'ask so many VMs at most (200)')
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

function addMigrations(program: Command, bind: Bind): void {
  const migration = program.command('migration').description('moving a VM: the ticket, the steps, the report');
  migration
    .command('open <vm> <host>')
    .description('ask, and with a yes get a ticket (orchestrator)')
    .option('--policy <policy>', 'strict (default) or kernel')
    .option('--expect <revisions>', 'on these revisions or not at all, e.g. vm=12,host=18')
    .option('--idempotency-key <key>', 'of a call whose answer was lost: it is opened once')
    .option('--save-ticket <file>', 'write the ticket there')
    .option('--wait', 'stay until it ends and show how far it is')
    .action(bind(async () => (await import('./commands/migrations.js')).migrationOpen));
  migration
    .command('verify <id>')
    .description('the target looks at itself, at the last moment')
    .option('--digest <digest>', 'of the fingerprint that the target has taken now')
    .option('--boot-id <id>', 'its boot')
    .option('--ticket <file>', 'the ticket that it was given (- reads standard input)')
    .option('--save-ticket <file>', 'write the newest ticket there')
    .action(bind(async () => (await import('./commands/migrations.js')).migrationVerify));
  migration
    .command('start <id>')
    .description('the VM is about to move (orchestrator)')
    .action(bind(async () => (await import('./commands/migrations.js')).migrationStart));
  addMigrationEnds(migration, bind);
}

function addMigrationEnds(migration: Command, bind: Bind): void {
  migration
    .command('report <id> <outcome>')
    .description('what became of it: landed or failed')
    .requiredOption('--side <side>', 'source or target: who says so')
    .option('--phase <phase>', 'where it failed, e.g. memslot')
    .option('--errno <errno>', 'with what, e.g. EINVAL')
    .option('--slot <n>', 'which memslot')
    .option('--raw <file>', 'what QEMU or libvirt said, word for word (- reads standard input)')
    .action(bind(async () => (await import('./commands/migrations.js')).migrationReport));
  migration
    .command('cancel <id>')
    .description('give up what was not started (orchestrator)')
    .action(bind(async () => (await import('./commands/migrations.js')).migrationCancel));
  migration
    .command('get <id>')
    .description('where it stands, and what was predicted of it')
    .option('--wait', 'stay until it ends')
    .action(bind(async () => (await import('./commands/migrations.js')).migrationGet));
  listing(migration.command('list').description('the migrations, newest first'))
    .option('--state <state>', 'admitted, verified, in-flight, unreported, landed, aborted or revoked')
    .option('--vm <vm>', 'of this VM')
    .option('--source <host>', 'from this host')
    .option('--target <host>', 'to this host')
    .action(bind(async () => (await import('./commands/migrations.js')).migrationList));
}

function addCalibration(program: Command, bind: Bind): void {
  program
    .command('calibration')
    .description('how often the answers were right, check by check')
    .option('--since <time>', 'of what ended since then: 2026-11-01, or 7d')
    .option('--rulebook <rulebook>', 'of another rulebook than that of today')
    .option('--all', 'the checks too that were never wrong')
    .action(bind(async () => (await import('./commands/calibration.js')).calibration));
  const shadow = program.command('shadow').description('other rules, tried beside those that count');
  shadow
    .command('show')
    .description('which they are')
    .action(bind(async () => (await import('./commands/shadow.js')).shadowShow));
  shadow
    .command('set')
    .description('try these (operator)')
    .requiredOption(
      '-f, --file <file>',
      '{"policy", "checks": {ID: off|warn|reject}, "catalogue"} (- reads standard input)',
    )
    .option('--if-match <revision>', 'only when this is the revision that stands')
    .action(bind(async () => (await import('./commands/shadow.js')).shadowSet));
  shadow
    .command('clear')
    .description('try none (operator)')
    .action(bind(async () => (await import('./commands/shadow.js')).shadowClear));
  listing(shadow.command('differences').description('what they would have answered otherwise'))
    .option('--vm <vm>', 'of this VM')
    .option('--host <host>', 'against this host')
    .option('--outcome <which>', 'other or same: is the outcome another, or only what is found?')
    .action(bind(async () => (await import('./commands/shadow.js')).shadowDifferences));
}

function addCatalogue(program: Command, bind: Bind): void {
  const catalogue = program.command('catalogue').description('what is known of drivers');
  catalogue
    .command('list')
    .description('what is built in, and what was added')
    .action(bind(async () => (await import('./commands/catalogue-list.js')).catalogueList));
  catalogue
    .command('put [row]')
    .description('say what Berth does not know of a driver (operator)')
    .requiredOption('-f, --file <file>', 'one row; without a name, a list of rows with theirs (- reads standard input)')
    .option('--if-match <revision>', 'only when this is the revision that stands')
    .action(bind(async () => (await import('./commands/catalogue-put.js')).cataloguePut));
  catalogue
    .command('remove <row>')
    .description('take back what was added (operator)')
    .action(bind(async () => (await import('./commands/catalogue-remove.js')).catalogueRemove));
}

function addEvents(program: Command, bind: Bind): void {
  listing(program.command('events').description('what happened, in order; with --follow, what happens'))
    .option('--follow', 'stay, and print each event as it comes; ^C ends it')
    .option('--after <place>', 'go on after this SEQUENCE, from the oldest that is kept, or after the latest')
    .option('--type <types>', 'only these, e.g. host.changed,migration.landed')
    .option('--subject <subject>', 'only about this, e.g. hosts/gh-09')
    .action(bind(async () => (await import('./commands/events.js')).events));
}

function addWebhooks(program: Command, bind: Bind): void {
  const webhook = program.command('webhook').description('who is told of events (operator)');
  webhook
    .command('create <url>')
    .description('tell this address; the secret is shown once')
    .option('--type <types>', 'only of these, e.g. host.changed,migration.landed')
    .option('--description <text>', 'what it is for')
    .action(bind(async () => (await import('./commands/webhooks.js')).webhookCreate));
  listing(webhook.command('list').description('the webhooks, without their secrets')).action(
    bind(async () => (await import('./commands/webhooks.js')).webhookList),
  );
  webhook
    .command('get <id>')
    .description('how it is doing')
    .action(bind(async () => (await import('./commands/webhooks.js')).webhookGet));
  webhook
    .command('enable <id>')
    .description('send again, also what happened meanwhile')
    .action(bind(async () => (await import('./commands/webhooks.js')).webhookEnable));
  webhook
    .command('disable <id>')
    .description('send nothing until it is enabled')
    .action(bind(async () => (await import('./commands/webhooks.js')).webhookDisable));
  webhook
    .command('remove <id>')
    .description('forget it and its deliveries')
    .action(bind(async () => (await import('./commands/webhooks.js')).webhookRemove));
  addWebhookWork(webhook, bind);
}

function addWebhookWork(webhook: Command, bind: Bind): void {
  webhook
    .command('rotate <id>')
    .description('a new secret, shown once')
    .option('--overlap <time>', 'how long the old one signs too, e.g. 24h (default) or 0s')
    .action(bind(async () => (await import('./commands/webhooks.js')).webhookRotate));
  webhook
    .command('test <id>')
    .description('send a message of no event, and see how that goes')
    .action(bind(async () => (await import('./commands/webhooks.js')).webhookTest));
  webhook
    .command('replay <id>')
    .description('send events again')
    .option('--event <event>', 'this one, by its id')
    .option('--after <sequence>', 'all after this one')
    .option('--through <sequence>', 'up to this one')
    .action(bind(async () => (await import('./commands/webhooks.js')).webhookReplay));
  listing(webhook.command('deliveries <id>').description('what became of each message'))
    .option('--state <state>', 'pending, delivered or failed')
    .action(bind(async () => (await import('./commands/webhooks.js')).webhookDeliveries));
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

function addTickets(program: Command, bind: Bind): void {
  const ticket = program.command('ticket').description('what lets a VM in at its target, Berth or no Berth');
  ticket
    .command('verify')
    .description('on the target: may this VM come in here, now? Needs no network with --jwks')
    .requiredOption('--ticket <file>', 'the ticket (- reads standard input)')
    .requiredOption('--fingerprint <file>', 'what this host is now: berth.fingerprint/1')
    .option('--jwks <file>', 'the keys that tickets may be signed with: `berth ticket keys`')
    .option('--jwks-url <url>', 'the same, fetched now')
    .option('--boot-id <file|value>', 'the boot of this host', '/proc/sys/kernel/random/boot_id')
    .option('--host <host>', 'the name Berth has for this host (default: its host name)')
    .option('--fleet <fleet>', 'the fleet this host is of', 'default')
    .option('--vm <vm>', 'the VM that is about to come')
    .option('--run-id <id>', 'the run of it that is about to come')
    .option('--clock-skew <duration>', 'by how much the clocks here and there may differ', '5s')
    .action(bind(async () => (await import('./commands/ticket-verify.js')).ticketVerify));
  ticket
    .command('show <file>')
    .description('what a ticket says, unverified (- reads standard input)')
    .action(bind(async () => (await import('./commands/ticket-show.js')).ticketShow));
  ticket
    .command('keys')
    .description('the key set of the server, for --jwks')
    .action(bind(async () => (await import('./commands/ticket-keys.js')).ticketKeys));
  ticket
    .command('rotate')
    .description('sign with the next key (admin); tickets that are out stay good')
    .option('--immediately', 'for a key that somebody else may have: tickets that are out verify no more')
    .action(bind(async () => (await import('./commands/ticket-keys.js')).ticketRotate));
}

function addDeadLetters(program: Command, bind: Bind): void {
  const letters = program.command('dead-letters').description('jobs that nobody will do (operator)');
  listing(letters.command('list').description('why, newest first'))
    .option('--queue <queue>', 'those that died there, e.g. berth.preflight.request')
    .action(bind(async () => (await import('./commands/dead-letters.js')).deadLetterList));
  letters
    .command('redrive [ids...]')
    .description('put these, or all of a queue, back on their queue: done in the name of your key')
    .option('--queue <queue>', 'all of this queue')
    .action(bind(async () => (await import('./commands/dead-letters.js')).deadLetterRedrive));
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
  addFleet(program, bind);
  addHosts(program, bind);
  addVms(program, bind);
  addSweeps(program, bind);
  addMigrations(program, bind);
  addCalibration(program, bind);
  addCatalogue(program, bind);
  addEvents(program, bind);
  addWebhooks(program, bind);
  addKeys(program, bind);
  addDeadLetters(program, bind);
  addTickets(program, bind);
  addRest(program, bind);
}
