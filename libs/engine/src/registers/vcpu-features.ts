import type { VcpuFeature } from './field.js';
import { ID_REGISTERS, type IdRegister } from './id-registers.js';

type Registers = ReadonlyMap<string, bigint> | undefined;

interface Part {
  readonly register: string;
  readonly mask: bigint;
}

/** The fields that show a feature, register by register. */
function partsOf(feature: VcpuFeature): readonly Part[] {
  return ID_REGISTERS.flatMap(({ name, fields }) => {
    const mask = fields
      .filter((field) => field.feature === feature && field.excepted === undefined)
      .reduce((all, f) => all | f.mask, 0n);
    return mask === 0n ? [] : [{ register: name, mask }];
  });
}

const PARTS: Readonly<Record<VcpuFeature, readonly Part[]>> = {
  sve: partsOf('sve'),
  mte: partsOf('mte'),
  ptrauth: partsOf('ptrauth'),
  pmu: partsOf('pmu'),
};

/** PMUVer 0b1111 is a PMU that is not PMUv3, which KVM cannot give a guest. */
const NO_PMUV3 = 0xf00n;

/** Do these registers show a vCPU that has the feature? `undefined`: one that would tell is not known. */
export function shows(feature: VcpuFeature, registers: Registers): boolean | undefined {
  let unknown = false;
  for (const { register, mask } of PARTS[feature]) {
    const value = registers?.get(register);
    if (value === undefined) unknown = true;
    else if ((value & mask) !== 0n) return feature !== 'pmu' || (value & mask) !== NO_PMUV3;
  }
  return unknown ? undefined : false;
}

/** The registers that would tell and are not known. */
export function untold(feature: VcpuFeature, registers: Registers, pointer: string): readonly string[] {
  return PARTS[feature].flatMap(({ register }) =>
    registers?.get(register) === undefined ? [`${pointer}/${register}`] : [],
  );
}

/** The other registers that a register's own fields are read with. */
export function registersReadWith({ name, fields }: IdRegister): readonly string[] {
  const features = new Set(fields.flatMap(({ feature }) => (feature === undefined ? [] : [feature])));
  const registers = [...features].flatMap((feature) => PARTS[feature].map(({ register }) => register));
  return [...new Set(registers)].filter((register) => register !== name);
}

export function registersThatShow(feature: VcpuFeature): readonly string[] {
  return PARTS[feature].map(({ register }) => register);
}
