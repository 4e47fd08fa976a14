import { type Asked, type HostCheck, pass, reject, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import type { Shown } from '../model/verdict.js';
import { GUEST, HOST, MASKS, RULEBOOK } from '../registers/compare.js';
import { otherRegisters } from '../registers/other-registers.js';

interface Objections {
  readonly refused: Shown[];
  readonly missing: string[];
}

/** Registers of which the rulebook has no table: KVM refuses what lies outside their mask, and what lies inside is not known. */
export const idRegisterOthers: HostCheck = {
  id: 'id-register-others',
  scope: 'vm',
  phase: 'state-load',
  reason: 'ID_REGISTER_MISMATCH',
  errno: 'EINVAL',
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'resumed',
  generations: EVERY_GENERATION,
  statement: 'ID registers of which the rulebook has no table must be equal.',
  expected: 'the same registers with the same values',
  remedy: 'Ask for a target with the same CPU and kernel, or collect its writable masks.',
  cite: 'linux arch/arm64/kvm/sys_regs.c set_id_reg(), arm64_check_features()',
  reads: [GUEST, HOST, MASKS],
  test(asked) {
    const guest = otherRegisters(asked.manifest.vcpu?.idRegisters);
    const host = otherRegisters(asked.target.idRegisters);
    if (guest.length === 0 && host.length === 0) return pass;
    const found: Objections = { refused: [], missing: [] };
    for (const name of guest) compareBoth(name, asked, found);
    for (const name of host)
      if (asked.manifest.vcpu?.idRegisters?.has(name) !== true) found.missing.push(`${GUEST}/${name}`);
    if (found.refused.length > 0) return reject({ registers: found.refused }, messageOf(found.refused));
    return found.missing.length === 0 ? pass : unknown(found.missing);
  },
};

function compareBoth(name: string, { manifest, target }: Asked, found: Objections): void {
  const guest = manifest.vcpu?.idRegisters?.get(name);
  const host = target.idRegisters?.get(name);
  if (host === undefined) found.missing.push(`${HOST}/${name}`);
  if (guest === undefined || host === undefined || guest === host) return;
  const writable = target.fingerprint.kvm?.writableMasks?.get(name);
  if (writable === undefined) found.missing.push(`${MASKS}/${name}`);
  else if (((guest ^ host) & ~writable) === 0n) found.missing.push(`${RULEBOOK}/${name}`);
  else found.refused.push({ register: name, guest: `0x${guest.toString(16)}`, host: `0x${host.toString(16)}` });
}

function messageOf(refused: readonly Shown[]): string {
  const count = refused.length === 1 ? 'an ID register' : `${refused.length} ID registers`;
  return `KVM_SET_ONE_REG refuses ${count}: bits outside the writable mask differ.`;
}
