// What is asked while measuring: the recorded host and the GPU VM of examples/, the VM grown to 16 slots.
import { readFileSync } from 'node:fs';

const read = (path) => JSON.parse(readFileSync(new URL(`../examples/${path}`, import.meta.url), 'utf8'));
const hex = (number) => `0x${number.toString(16)}`;

const SLOTS = 16;
const RAM = 0x40000000n;
const host = read('fingerprints/7.2.13-max.json');
const vm = read('manifests/grace-gpu-vm.json');

/** A caller that knows the memslots asks these; the recorded fingerprints tell them apart. */
export const PHASES = ['vm', 'memslot', 'fault'];

function ramSlot(slot, gpa) {
  const mapping = {
    offset: '0x0',
    size: hex(RAM),
    backing: 'anonymous',
    vmFlags: [],
    memoryType: 'normal',
    kernelMapped: true,
  };
  return { slot, gpa: hex(gpa), size: hex(RAM), flags: [], mappings: [mapping] };
}

/** Hotplugged memory is put behind everything that is there, a gigabyte a slot. */
export function grown(document) {
  const { memslots } = document;
  const end = memslots.map(({ gpa, size }) => BigInt(gpa) + BigInt(size)).reduce((a, b) => (a > b ? a : b), 0n);
  const from = (end / RAM + 1n) * RAM;
  const first = Math.max(...memslots.map(({ slot }) => slot)) + 1;
  const more = Array.from({ length: SLOTS - memslots.length }, (_, i) => ramSlot(first + i, from + BigInt(i) * RAM));
  return { ...document, memslots: [...memslots, ...more] };
}

export function manifest(name, onHost) {
  return { ...grown(vm), host: onHost, runId: name };
}

/** `serial` makes a document that was never seen before; without it the facts stay as they are. */
export function fingerprint(name, { collectedAt = host.collectedAt, serial } = {}) {
  const idRegisters = { ...host.cpu.idRegisters, ...(serial ? { ID_AFR0_EL1: `0x${serial}` } : {}) };
  return { ...host, collectedAt, machineId: `machine-${name}`, cpu: { ...host.cpu, idRegisters } };
}
