import type { KernelVersion } from '../kernel-release.js';

/**
 * What a driver of the kernel can do when a VM that owns its device moves. Only *never* decides anything: whether a device that
 * could really can depends on its firmware, on its host driver and on backports, so that is probed and never taken from here.
 */
export interface DriverRow {
  readonly id: string;
  readonly driver: string;
  /** Has it migration operations in any kernel that was read? */
  readonly migration: boolean;
  /** Does it let peers reach the device while it is stopped (VFIO_MIGRATION_P2P)? */
  readonly p2p: boolean;
  /** The first kernel, of those read, in which it can migrate. */
  readonly since: KernelVersion | undefined;
  /** What it compares while it takes the state, of which no document tells. */
  readonly compares: string | undefined;
  readonly cite: string;
  /** There where an operator added the row. */
  readonly added?: true | undefined;
}

/** A built-in row goes by the name of its driver. */
function able(
  row: Omit<DriverRow, 'id' | 'migration'> & { readonly since: KernelVersion; readonly compares: string },
): DriverRow {
  return { id: row.driver, migration: true, ...row };
}

function never(driver: string, cite: string): DriverRow {
  return { id: driver, driver, migration: false, p2p: false, since: undefined, compares: undefined, cite };
}

const OPAQUE = 'the format and the content of a state that only the driver can read';

/** Semantics 8.2, read from 6.1 to 7.2. */
export const DRIVERS: readonly DriverRow[] = [
  able({
    driver: 'mlx5_vfio_pci',
    p2p: true,
    since: [6, 1],
    compares: OPAQUE,
    cite: 'linux drivers/vfio/pci/mlx5/cmd.c mlx5vf_cmd_set_migratable()',
  }),
  able({
    driver: 'hisi_acc_vfio_pci',
    p2p: false,
    since: [6, 1],
    compares: 'its format, the device id, the number of queue pairs and the isolation state',
    cite: 'linux drivers/vfio/pci/hisilicon/hisi_acc_vfio_pci.c vf_qm_check_match()',
  }),
  able({
    driver: 'pds_vfio_pci',
    p2p: true,
    since: [6, 8],
    compares: OPAQUE,
    cite: 'linux drivers/vfio/pci/pds/vfio_dev.c pds_vfio_init_device()',
  }),
  able({
    driver: 'virtio_vfio_pci',
    p2p: true,
    since: [6, 14],
    compares: OPAQUE,
    cite: 'linux drivers/vfio/pci/virtio/migrate.c virtiovf_set_migratable()',
  }),
  able({
    driver: 'qat_vfio_pci',
    p2p: true,
    since: [6, 12],
    compares: OPAQUE,
    cite: 'linux drivers/vfio/pci/qat/main.c qat_vf_pci_init_dev()',
  }),
  able({
    driver: 'xe_vfio_pci',
    p2p: true,
    since: [7, 0],
    compares: OPAQUE,
    cite: 'linux drivers/vfio/pci/xe/main.c xe_vfio_pci_migration_init()',
  }),
  never('nvgrace_gpu_vfio_pci', 'linux drivers/vfio/pci/nvgrace-gpu/main.c nvgrace_gpu_probe()'),
  never('vfio_pci', 'linux drivers/vfio/pci/vfio_pci.c vfio_pci_probe()'),
  never('ism_vfio_pci', 'linux drivers/vfio/pci/ism/main.c'),
  never('vfio_platform', 'linux drivers/vfio/platform/vfio_platform.c vfio_platform_probe()'),
  never('vfio_amba', 'linux drivers/vfio/platform/vfio_amba.c vfio_amba_probe()'),
  never('vfio_cdx', 'linux drivers/vfio/cdx/main.c vfio_cdx_probe()'),
  never('vfio_fsl_mc', 'linux drivers/vfio/fsl-mc/vfio_fsl_mc.c vfio_fsl_mc_probe()'),
];
