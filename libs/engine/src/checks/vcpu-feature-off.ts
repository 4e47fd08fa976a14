import { type Asked, type HostCheck, pass, reject } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import { GUEST, HOST } from '../registers/compare.js';
import type { VcpuFeature } from '../registers/field.js';
import { registersThatShow, shows } from '../registers/vcpu-features.js';

const FEATURES: readonly VcpuFeature[] = ['sve', 'mte', 'ptrauth', 'pmu'];
const REGISTERS = FEATURES.flatMap(registersThatShow);

const NAMES: Readonly<Record<VcpuFeature, string>> = {
  sve: 'SVE',
  mte: 'MTE',
  ptrauth: 'pointer authentication',
  pmu: 'a PMU',
};

/** The target's registers were read from a vCPU with more than this VM has, so a VMM that gives a vCPU all it can would fail later. */
export const vcpuFeatureOff: HostCheck = {
  id: 'vcpu-feature-off',
  scope: 'vm',
  phase: 'vcpu',
  reason: 'VCPU_FEATURE_TO_LEAVE_OUT',
  errno: null,
  failure: 'refused',
  severity: 'warn',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
  statement:
    'A feature that the guest lacks is left out when the vCPUs of the target are made, though the host offers it.',
  expected: 'vCPUs with the features of the guest and no others',
  remedy: 'Start the VMM on the target with the features of the VM spelled out, not with all that the host has.',
  cite: 'linux arch/arm64/kvm/sys_regs.c arm64_check_features(): the limit is what this vCPU was made with',
  reads: REGISTERS.flatMap((name) => [`${GUEST}/${name}`, `${HOST}/${name}`]),
  test(asked) {
    if (!hasExtra(asked)) return pass;
    const extra = FEATURES.filter((feature) => isExtra(feature, asked)).map((feature) => NAMES[feature]);
    return reject(
      { features: extra },
      `The guest has no ${extra.join(', ')}; vCPUs made with it would not take its registers.`,
    );
  },
};

/** A loop, because this passes nearly always and then allocates nothing. */
function hasExtra(asked: Asked): boolean {
  for (const feature of FEATURES) if (isExtra(feature, asked)) return true;
  return false;
}

function isExtra(feature: VcpuFeature, { manifest, target }: Asked): boolean {
  return shows(feature, target.idRegisters) === true && shows(feature, manifest.vcpu?.idRegisters) === false;
}
