// What stands between Berth and the VMM. This one pretends; put yours in its place: five functions, and nothing else knows of it.
import { spawnSync } from 'node:child_process';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const DIR = process.env.PRETEND_DIR ?? './pretend';
const stateFile = join(DIR, 'where.json');
const where = async () => JSON.parse(await readFile(stateFile, 'utf8').catch(() => '{}'));

async function put(path, text) {
  await mkdir(DIR, { recursive: true });
  // Renamed when it is whole, since somebody may read it at any moment.
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

/** The host that runs the VM, as the two hypervisors themselves say; undefined while it is under way, or neither of them does. */
export async function hostOf(vm) {
  return (await where())[vm];
}

/** What the target says of itself now. Its own agent would ask for this and verify by itself. */
export async function lookAt(target) {
  return process.env.PRETEND_BOOT_ID === undefined
    ? {}
    : { bootId: process.env.PRETEND_BOOT_ID.replace('{host}', target) };
}

/** Hands the ticket to the target, where the hook of integrations/libvirt finds it. */
export async function deliver(vm, _target, ticket) {
  await put(join(DIR, `${vm}.ticket`), `${ticket}\n`);
}

/** Moves the VM: `virsh migrate --live`, or what your platform calls it. Answers what became of it, in the words of the VMM. */
export async function migrate(vm, source, target) {
  // libvirt runs this on the target at `migrate begin`, and calls the migration off when it fails.
  const hook = process.env.PRETEND_HOOK;
  if (hook !== undefined) {
    const { status, stderr } = spawnSync(hook, [vm, 'migrate', 'begin', '-'], {
      input: `<domain><name>${vm}</name></domain>`,
    });
    if (status !== 0) return { outcome: 'failed', side: 'target', raw: `Hook script execution failed: ${stderr}` };
  }
  const fails = process.env.PRETEND_FAILS;
  if (fails !== undefined) return { outcome: 'failed', side: 'target', raw: fails };
  await put(stateFile, JSON.stringify({ ...(await where()), [vm]: target }));
  return { outcome: 'landed', from: source };
}

/** For the demonstration: the VM is there. */
export async function place(vm, host) {
  await put(stateFile, JSON.stringify({ ...(await where()), [vm]: host }));
}
