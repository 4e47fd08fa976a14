// The hook as libvirt runs it: `/etc/libvirt/hooks/qemu GUEST OPERATION SUB-OPERATION EXTRA`, the domain's XML on standard input
// (libvirt docs/hooks.rst, src/util/virhook.c virHookCall()).
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../support/berth-process.js';
import { TicketTarget } from '../support/ticket-target.js';

const HOOK = join(ROOT, 'integrations/libvirt/qemu');
const UUID = '0f8fad5b-d9cb-469f-a165-70867728950e';

let target: TicketTarget;
beforeAll(() => {
  target = new TicketTarget();
  mkdirSync(target.path('tickets'));
});
afterAll(() => target?.remove());
beforeEach(() => {
  for (const name of ['called', 'tickets/vm-42.ticket', `tickets/${UUID}.ticket`])
    rmSync(target.path(name), { force: true });
  settings();
});

/** A command that leaves a note that it ran, and then does this. */
function program(name: string, does: string): string {
  const path = target.write(name, `#!/bin/sh\necho "$@" >>${target.path('called')}\n${does}\n`);
  chmodSync(path, 0o755);
  return path;
}
const berth = (): string => program('berth', `exec ${process.execPath} ${join(ROOT, 'apps/cli/bin/berth.js')} "$@"`);

function settings(more: Readonly<Record<string, string>> = {}): void {
  const all: Readonly<Record<string, string>> = {
    COMMAND: berth(),
    HOST: 'gh-09',
    TICKETS: target.path('tickets'),
    KEYS: target.path('jwks.json'),
    FINGERPRINT: target.path('fingerprint.json'),
    BOOT_ID: target.path('boot-id'),
    ...more,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}='${value}'\n`);
  target.write('hook.conf', lines.join(''));
}

function domain(ticket?: string, padding = 0): string {
  const metadata =
    ticket === undefined
      ? ''
      : `  <metadata>
    <nova:instance xmlns:nova="http://openstack.org/xmlns/libvirt/nova/1.1"><nova:uuid>x</nova:uuid></nova:instance>
    <berth:ticket xmlns:berth="https://berth.dev/ticket/1">${ticket}</berth:ticket>
  </metadata>\n`;
  return `<domain type='kvm'>
  <name>vm-42</name>
  <uuid>${UUID}</uuid>
${metadata}  <description>${'x'.repeat(padding)}</description>
  <devices><disk type='network'><auth username='a'><secret type='ceph' uuid='${UUID}'/></auth></disk></devices>
</domain>
`;
}

interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}
interface How {
  readonly guest?: string;
  readonly path?: string;
  /** libvirt that stops writing in the middle and does not close. */
  readonly open?: true;
}

/** What libvirt passes on of its own environment: virCommandAddEnvPassCommon(). The last one is for this test. */
function environment(path = process.env['PATH'] ?? ''): NodeJS.ProcessEnv {
  const [HOME, USER] = ['/root', 'root'];
  return { LC_ALL: 'C', PATH: path, HOME, USER, LOGNAME: USER, BERTH_LIBVIRT_CONF: target.path('hook.conf') };
}

async function hook(operation: string, xml: string, how: How = {}): Promise<Ran> {
  const args = [how.guest ?? 'vm-42', ...operation.split(' ')];
  const child = spawn(HOOK, args, { cwd: '/', env: environment(how.path), stdio: 'pipe' });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
  feed(child, xml, how.open === true);
  const [status] = await once(child, 'close');
  return { status, ...said };
}

function feed({ stdin }: ChildProcess, xml: string, staysOpen: boolean): void {
  // libvirt, too, takes it for no error when the script reads nothing: src/util/vircommand.c virCommandProcessIO()
  stdin?.on('error', () => undefined);
  if (staysOpen) stdin?.write(xml);
  else stdin?.end(xml);
}

const wasCalled = (): boolean => existsSync(target.path('called'));
const leave = (ticket: string, name = 'vm-42'): string => target.write(`tickets/${name}.ticket`, `${ticket}\n`);
const refusedWith = (words: string) => ({ status: 1, out: '', err: expect.stringContaining(words) });

const REASONS = [
  '-',
  'unknown',
  'shutdown',
  'destroyed',
  'crashed',
  'migrated',
  'saved',
  'failed',
  'from snapshot',
  'daemon',
];
/** All that libvirt calls a qemu hook with, but for the one: src/util/virhook.c virHookQemuOp. */
const OTHERS = [
  'prepare begin -',
  'start begin -',
  'started begin -',
  'stopped end -',
  ...REASONS.map((reason) => `release end ${reason}`),
  'restore begin -',
  'reconnect begin -',
  'attach begin -',
];

describe('every other operation', () => {
  it.each(OTHERS)('%s passes at once and says nothing', async (operation) => {
    expect(await hook(operation, domain())).toEqual({ status: 0, out: '', err: '' });
    expect(wasCalled()).toBe(false);
  });

  it.each<[string, () => How | undefined]>([
    ['an XML that is never read and never ends', () => ({ open: true })],
    ['no other program on this machine', () => ({ path: '/nowhere' })],
    ['settings that are broken', () => void target.write('hook.conf', 'if then (\n')],
    ['a command that is not there', () => void settings({ COMMAND: '/nowhere/berth' })],
    ['a command that hangs', () => void settings({ COMMAND: program('hangs', 'sleep 60') })],
    ['a ticket that is bad', () => void leave('nothing')],
  ])('passes all the same with %s', async (_, given) => {
    const how = given() ?? {};
    for (const operation of OTHERS)
      expect(await hook(operation, domain(undefined, 300_000), how), operation).toEqual({
        status: 0,
        out: '',
        err: '',
      });
    expect(wasCalled()).toBe(false);
  });

  it('that nobody has heard of yet passes too', async () => {
    for (const operation of ['', 'migrate', 'migrate end -', 'migrated begin -', 'begin migrate -', 'migrate-begin'])
      expect(await hook(operation, domain()), operation).toEqual({ status: 0, out: '', err: '' });
  });
});

describe('at `migrate begin`', () => {
  it('a VM whose ticket lies on the target comes in, and its XML stays as it is', async () => {
    leave(target.sign());
    expect(await hook('migrate begin -', domain())).toMatchObject({ status: 0, out: '' });
    expect(readFileSync(target.path('called'), 'utf8')).toContain('--vm vm-42');
  });

  it('a VM that brings its ticket along comes in', async () => {
    expect(await hook('migrate begin -', domain(target.sign()))).toMatchObject({ status: 0, out: '' });
    expect(await hook('migrate begin -', domain(target.sign(), 300_000))).toMatchObject({ status: 0, out: '' });
  });

  it('whichever ticket is good will do, wherever an old one was left', async () => {
    leave(target.expired());
    expect(await hook('migrate begin -', domain(target.sign()))).toMatchObject({ status: 0, out: '' });
    leave(target.sign());
    expect(await hook('migrate begin -', domain(target.expired()))).toMatchObject({ status: 0, out: '' });
    leave(target.expired());
    expect(await hook('migrate begin -', domain(target.forged()))).toMatchObject(refusedWith('TICKET_FORGED'));
  });

  it('a VM that Berth knows by its UUID is looked up by that', async () => {
    settings({ NAME_BY: 'uuid' });
    leave(target.sign({ vm: UUID }), UUID);
    expect(await hook('migrate begin -', domain())).toMatchObject({ status: 0, out: '' });
    expect(await hook('migrate begin -', '<domain/>')).toMatchObject(refusedWith('no name of a VM'));
    settings({ NAME_BY: 'serial' });
    expect(await hook('migrate begin -', domain())).toMatchObject(refusedWith('expected name or uuid'));
  });

  it.each<[string, () => string, string]>([
    ['that has ended', () => target.expired(), 'TICKET_EXPIRED'],
    ['that is forged', () => target.forged(), 'TICKET_FORGED'],
    ['for another host', () => target.sign({ target: 'gh-07' }), 'OTHER_HOST'],
    ['for another VM', () => target.sign({ vm: 'vm-43' }), 'OTHER_VM'],
    ['of another fleet', () => target.sign({ fleet: 'other' }), 'OTHER_FLEET'],
    ['for older facts', () => target.sign({ fingerprint: `sha256:${'0'.repeat(64)}` }), 'FINGERPRINT_CHANGED'],
    ['from before a reboot', () => target.sign({ bootId: 'boot-0' }), 'HOST_REBOOTED'],
    ['that is none', () => '$(touch /tmp/x) `id` \\1', 'TICKET_MALFORMED'],
  ])('a ticket %s is refused, and the reason goes to stderr', async (_, ticket, code) => {
    leave(ticket());
    const ran = await hook('migrate begin -', domain());
    expect(ran).toMatchObject(refusedWith(code));
    expect(ran.err).toContain('berth: migration of vm-42 refused');
  });

  it.each<[string, () => void, string]>([
    ['there is no ticket', () => undefined, 'no ticket for vm-42'],
    ['the command is not there', () => settings({ COMMAND: '/nowhere/berth' }), 'no command `/nowhere/berth`'],
    ['the command falls over', () => settings({ COMMAND: program('falls', 'kill -SEGV $$') }), 'refused'],
    ['the command takes 2 s to say yes', () => settings({ COMMAND: program('late', 'sleep 2') }), 'no answer'],
    ['there are no keys', () => settings({ KEYS: '/nowhere/jwks.json' }), 'there is no such file'],
    ['there are no facts', () => settings({ FINGERPRINT: '/nowhere/facts.json' }), 'there is no such file'],
    ['there is no boot id', () => settings({ BOOT_ID: '/nowhere/boot_id' }), 'there is no such file'],
    ['the settings are broken', () => void target.write('hook.conf', 'if then (\n'), 'refused'],
  ])('it is a no when %s', async (what, spoil, words) => {
    if (!what.includes('ticket')) leave(target.sign());
    spoil();
    expect(await hook('migrate begin -', domain())).toMatchObject(refusedWith(words));
  });

  it('it is a no when the machine has nothing to run it with', async () => {
    leave(target.sign());
    expect(await hook('migrate begin -', domain(), { path: '/nowhere' })).toMatchObject(refusedWith('cannot run'));
  });

  it.each(['', '.', '..', '../../etc/passwd', 'a/b'])('a guest called %j has no file', async (guest) => {
    expect(await hook('migrate begin -', domain(), { guest })).toMatchObject(refusedWith('no name of a VM'));
  });

  it('a command that hangs is not waited for, nor what it has started, and neither is left behind', async () => {
    leave(target.sign());
    const note = target.path('sleeper');
    settings({ COMMAND: program('hangs', `sleep 600 & echo $! >${note}; wait`) });
    expect(await hook('migrate begin -', domain())).toMatchObject(refusedWith('no answer within 1.8 s'));
    const sleeper = Number(readFileSync(note, 'utf8'));
    await expect.poll(() => isAlive(sleeper)).toBe(false);
  });

  it('an XML that does not end is not waited for', async () => {
    leave(target.sign());
    const ran = await hook('migrate begin -', domain(), { open: true });
    expect(ran).toMatchObject(refusedWith('no answer within 1.8 s'));
    expect(wasCalled()).toBe(false);
  });
});

/** A process that has ended and that nobody has asked after yet is a zombie, and no longer alive. */
function isAlive(pid: number): boolean {
  const status = `/proc/${pid}/status`;
  return existsSync(status) && !/^State:\s+Z/m.test(readFileSync(status, 'utf8'));
}
