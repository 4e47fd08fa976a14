// The recorded hosts, and a plain VM made from each.
import { readdirSync, readFileSync } from 'node:fs';
import { parseFingerprint, parseManifest } from '@berth/contract';

const FOLDER = new URL('../../test/recorded/fingerprints/', import.meta.url);

/** What the recorder did not ask a host for: given to every host alike, so that no answer hangs on it. */
const FILLED = {
  gic: ['v3'],
  counterFrequency: 1_000_000_000,
  registerList: { digest: `sha256:${'0'.repeat(64)}` },
};
const VMM = { name: 'qemu', version: '11.0.0' };
const MACHINE_TYPE = 'virt-11.0';

/** What is not as it was recorded, in a person's words. */
export const ASSUMED = [
  'the VM has 2 GiB of anonymous RAM, 4 vCPUs and 40 bits of IPA, no device, no MTE;',
  'its ID registers and MIDR are those that KVM on the source gave a plain vCPU.',
  `Not recorded, so filled in equal on every host and in the VM: GIC ${FILLED.gic[0]}, counter of 1 GHz,`,
  `register list (one digest), ${VMM.name} ${VMM.version} with ${MACHINE_TYPE}.`,
  'Not recorded and left out: writable masks, ID_AA64DFR0_EL1, SVE lengths.',
  'On the diagonal the target is another machine of the same kind.',
];

/** Those that answer alike stand together: FWB first, and of one CPU the older kernel first. */
const CPUS = [
  'max',
  'max-mte',
  'max-nvhe',
  'max-protected',
  'neoverse-v1',
  'cortex-a710',
  'cortex-a710-mte',
  'neoverse-n1',
  'cortex-a72',
];

function taken(parsed, what) {
  if (parsed.kind === 'ok') return parsed.value;
  throw new Error(`${what} is refused: ${JSON.stringify(parsed.faults)}`);
}

export function recordedHosts() {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
  return files.map((file) => hostOf(file.slice(0, -'.json'.length))).sort(inOrder);
}

function hostOf(name) {
  const document = JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'));
  const dash = name.indexOf('-');
  const filled = { ...document, kvm: { ...document.kvm, ...FILLED }, vmm: { ...VMM, machineTypes: [MACHINE_TYPE] } };
  return {
    name,
    kernel: name.slice(0, dash),
    cpu: name.slice(dash + 1),
    fwb: document.cpu.fwb,
    target: taken(parseFingerprint(filled, 'evaluate'), name).facts,
    source: taken(parseFingerprint({ ...filled, machineId: `${document.machineId}-source` }, 'evaluate'), name).facts,
    vm: taken(parseManifest(plainVm(document), 'evaluate'), `the VM of ${name}`).needs,
  };
}

function inOrder(a, b) {
  const byCpu = CPUS.indexOf(a.cpu) - CPUS.indexOf(b.cpu);
  return byCpu === 0 ? a.kernel.localeCompare(b.kernel, 'en', { numeric: true }) : byCpu;
}

function plainVm({ arch, cpu }) {
  const size = '0x80000000';
  const ram = { offset: '0x0', size, backing: 'anonymous', vmFlags: [], memoryType: 'normal' };
  return {
    schema: 'berth.manifest/1',
    arch,
    vm: { type: 'normal', ipaBits: 40, mte: false },
    vcpu: {
      count: 4,
      gic: FILLED.gic[0],
      midr: cpu.midr[0],
      counterFrequency: FILLED.counterFrequency,
      idRegisters: cpu.idRegisters,
      registerList: FILLED.registerList,
    },
    memslots: [{ slot: 0, gpa: '0x40000000', size, flags: [], mappings: [ram] }],
    devices: [],
    vmm: { ...VMM, machineType: MACHINE_TYPE },
  };
}
