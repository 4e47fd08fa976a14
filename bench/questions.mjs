// What the engine is asked in the decision row: all phases and everything told, of VMs with 16 slots. The recorded hosts do not tell
// what nobody asked them for, so that is filled in alike on both sides.
import { readFileSync } from 'node:fs';
import { parseFingerprint, parseManifest } from '@berth/contract';
import { grown } from './documents.mjs';

const read = (path) => JSON.parse(readFileSync(new URL(`../examples/${path}`, import.meta.url), 'utf8'));
const registerList = { digest: `sha256:${'0'.repeat(64)}` };

function taken(result) {
  if (result.kind !== 'ok') throw new Error(`the bench's own document is refused: ${JSON.stringify(result)}`);
  return result.value;
}

function vm(name) {
  const document = grown(read(`manifests/${name}.json`));
  return { ...document, vcpu: { ...document.vcpu, registerList } };
}

function host(name) {
  const document = read(`fingerprints/${name}.json`);
  const kvm = { ...document.kvm, registerList, gic: ['v3'], counterFrequency: 1_000_000_000 };
  return { ...document, kvm, vmm: { name: 'qemu', version: '11.0.0', machineTypes: ['virt-11.0'] } };
}

/** `ask` parses the documents anew: the engine has never seen what it gives. */
function question(title, needs, facts, outcome) {
  const ask = () => ({
    manifest: taken(parseManifest(needs, 'evaluate')).needs,
    target: taken(parseFingerprint(facts, 'evaluate')).facts,
  });
  return { title, ask, outcome };
}

/** VM_PFNMAP memory cannot be logged: KVM refuses each slot. */
function loggingDeviceMemory(document) {
  const ofDevice = { backing: 'device', vmFlags: ['pfnmap', 'io', 'shared'], memoryType: 'device-nGnRnE' };
  const memslots = document.memslots.map((slot) => ({
    ...slot,
    flags: ['log-dirty-pages'],
    mappings: slot.mappings.map((mapping) => ({ ...mapping, ...ofDevice, kernelMapped: false })),
  }));
  return { ...document, memslots };
}

const plain = vm('plain-linux-vm');

export const QUESTIONS = [
  question('nothing to object to', plain, host('7.2.13-max'), 'compatible'),
  question('each slot refused', loggingDeviceMemory(plain), host('7.2.13-max'), 'incompatible'),
  question('a GPU, another CPU, no FWB', vm('grace-gpu-vm'), host('7.2.13-neoverse-n1'), 'incompatible'),
];
