import { mayRunOn, type VmRecord, type VmRevision, type VmView } from '@berth/application';

export function printVmSummary(vm: VmRecord): object {
  return {
    vm: vm.name,
    host: vm.host ?? null,
    labels: Object.fromEntries(vm.labels),
    revision: vm.revision,
    digest: vm.digest,
    createdAt: vm.createdAt.toISOString(),
    updatedAt: vm.updatedAt.toISOString(),
  };
}

export function printVm(vm: VmView): object {
  return {
    ...printVmSummary(vm),
    manifest: vm.document,
    openMigration: vm.openMigration?.id ?? null,
    mayRunOn: mayRunOn(vm.host, vm.openMigration),
  };
}

export function printVmRevision(revision: VmRevision): object {
  return {
    revision: revision.revision,
    digest: revision.digest,
    host: revision.host ?? null,
    createdAt: revision.createdAt.toISOString(),
  };
}
