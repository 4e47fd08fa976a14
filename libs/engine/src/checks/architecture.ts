import { absent, type HostCheck, pass, reject, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';

export const architecture: HostCheck = {
  id: 'architecture',
  scope: 'vm',
  phase: 'policy',
  reason: 'ARCH_MISMATCH',
  errno: null,
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
  statement: 'The target has the architecture the VM was started on.',
  expected: 'the same architecture on both sides',
  remedy: 'Ask for a target of the same architecture.',
  cite: 'linux Documentation/virt/kvm/api.rst: a guest runs on the instruction set of its host',
  reads: ['/manifest/arch', '/fingerprint/arch'],
  test({ manifest, target }) {
    if (manifest.arch === undefined || target.arch === undefined)
      return unknown([absent(manifest.arch, '/manifest/arch'), absent(target.arch, '/fingerprint/arch')]);
    if (manifest.arch === target.arch) return pass;
    return reject(
      { vm: manifest.arch, host: target.arch },
      `The VM is ${manifest.arch}, the target is ${target.arch}.`,
    );
  },
};
