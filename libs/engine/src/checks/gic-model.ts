import { absent, type HostCheck, pass, reject, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';

export const gicModel: HostCheck = {
  id: 'gic-model',
  scope: 'vm',
  phase: 'vcpu',
  reason: 'GIC_UNSUPPORTED',
  errno: 'ENODEV',
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
  statement: "The VM's GIC model is one that the host's KVM can make.",
  expected: 'the GIC model of the VM',
  remedy: 'Ask for a target whose KVM offers this GIC model.',
  cite: 'linux virt/kvm/kvm_main.c kvm_ioctl_create_device(), arch/arm64/kvm/vgic/vgic-init.c kvm_vgic_create()',
  reads: ['/manifest/vcpu/gic', '/fingerprint/kvm/gic'],
  test({ manifest, target }) {
    const model = manifest.vcpu?.gic;
    const offered = target.fingerprint.kvm?.gic;
    if (model === undefined || offered === undefined)
      return unknown([absent(model, '/manifest/vcpu/gic'), absent(offered, '/fingerprint/kvm/gic')]);
    if (offered.includes(model)) return pass;
    return reject({ guest: model, host: offered }, `KVM_CREATE_DEVICE refuses a GIC${model}: the host offers none.`);
  },
};
