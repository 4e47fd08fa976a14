import type { MemoryType, VmFlag } from '../model/memory.js';

/**
 * How one driver maps memory into a VMM: what user space cannot see, and what a document that names the driver may leave out.
 * A row says only what its driver does in every kernel that was read.
 */
export interface MappingRow {
  readonly id: string;
  readonly drivers: readonly string[];
  /** VFIO region indices; `any`, also where a mapping names none. */
  readonly regions: readonly number[] | 'any';
  readonly vmFlags: readonly VmFlag[];
  /** More than one where it depends on the device. */
  readonly memoryTypes: readonly MemoryType[];
  /** `pfn_is_map_memory()` of its pages; left out where it depends on where they are. */
  readonly kernelMapped: boolean | undefined;
  /** Does it insert pages with another type than the one its VMA shows (hazard H8)? */
  readonly perPteProt: boolean;
  /** The first kernel, of those read, that has it. */
  readonly since: string | undefined;
  readonly cite: string;
  /** There where an operator added the row. */
  readonly added?: true | undefined;
}

const VFIO_PCI = [
  'vfio_pci',
  'mlx5_vfio_pci',
  'hisi_acc_vfio_pci',
  'pds_vfio_pci',
  'virtio_vfio_pci',
  'qat_vfio_pci',
  'xe_vfio_pci',
  'nvgrace_gpu_vfio_pci',
] as const;

const IO: readonly VmFlag[] = ['pfnmap', 'io', 'shared'];

// VM_ALLOW_ANY_UNCACHED came to these drivers in 6.9 together with the KVM that reads it, so on older kernels it changes nothing.
const IO_UNCACHED: readonly VmFlag[] = [...IO, 'allow-any-uncached'];

/** Semantics 8.4. The first row that names a driver and a region is the one. */
export const MAPPINGS: readonly MappingRow[] = [
  {
    id: 'nvgrace-gpu usemem',
    drivers: ['nvgrace_gpu_vfio_pci'],
    regions: [4],
    vmFlags: IO,
    memoryTypes: ['normal'],
    kernelMapped: false,
    perPteProt: false,
    since: '6.8',
    cite: 'linux drivers/vfio/pci/nvgrace-gpu/main.c nvgrace_gpu_mmap()',
  },
  {
    // Only GPUs with the Hopper MIG bug have the reserved memory; on others the region is a BAR like any other.
    id: 'nvgrace-gpu resmem',
    drivers: ['nvgrace_gpu_vfio_pci'],
    regions: [2],
    vmFlags: IO_UNCACHED,
    memoryTypes: ['normal-nc', 'device-nGnRnE'],
    kernelMapped: false,
    perPteProt: false,
    since: '6.8',
    cite: 'linux drivers/vfio/pci/nvgrace-gpu/main.c nvgrace_gpu_mmap()',
  },
  {
    id: 'vfio-pci bar',
    drivers: VFIO_PCI,
    regions: [0, 1, 2, 3, 4, 5],
    vmFlags: IO_UNCACHED,
    memoryTypes: ['device-nGnRnE'],
    kernelMapped: false,
    perPteProt: false,
    since: '6.1',
    cite: 'linux drivers/vfio/pci/vfio_pci_core.c vfio_pci_core_mmap()',
  },
  {
    id: 'vfio-platform',
    drivers: ['vfio_platform', 'vfio_amba'],
    regions: 'any',
    vmFlags: IO,
    memoryTypes: ['device-nGnRnE'],
    kernelMapped: false,
    perPteProt: false,
    since: '6.1',
    cite: 'linux drivers/vfio/platform/vfio_platform_common.c vfio_platform_mmap_mmio()',
  },
  {
    id: 'vfio-cdx',
    drivers: ['vfio_cdx'],
    regions: 'any',
    vmFlags: IO,
    memoryTypes: ['device-nGnRE'],
    kernelMapped: false,
    perPteProt: false,
    since: '6.8',
    cite: 'linux drivers/vfio/cdx/main.c vfio_cdx_mmap_mmio()',
  },
  {
    // Cacheable where the region is marked cacheable and shareable: DPAA2 portals.
    id: 'vfio-fsl-mc',
    drivers: ['vfio_fsl_mc'],
    regions: 'any',
    vmFlags: IO,
    memoryTypes: ['normal', 'device-nGnRnE'],
    kernelMapped: false,
    perPteProt: false,
    since: '6.1',
    cite: 'linux drivers/vfio/fsl-mc/vfio_fsl_mc.c vfio_fsl_mc_mmap_mmio()',
  },
  {
    id: 'vhost-vdpa doorbell',
    drivers: ['vhost_vdpa'],
    regions: 'any',
    vmFlags: IO,
    memoryTypes: ['device-nGnRnE'],
    kernelMapped: false,
    perPteProt: false,
    since: '6.1',
    cite: 'linux drivers/vhost/vdpa.c vhost_vdpa_fault()',
  },
  {
    id: 'udmabuf',
    drivers: ['udmabuf'],
    regions: 'any',
    vmFlags: ['pfnmap', 'shared'],
    memoryTypes: ['normal'],
    kernelMapped: true,
    perPteProt: false,
    since: '7.2',
    cite: 'linux drivers/dma-buf/udmabuf.c mmap_udmabuf()',
  },
  {
    id: 'ttm buffer',
    drivers: ['amdgpu', 'radeon', 'nouveau', 'xe'],
    regions: 'any',
    vmFlags: IO,
    memoryTypes: ['normal'],
    kernelMapped: undefined,
    perPteProt: true,
    since: '6.1',
    cite: 'linux drivers/gpu/drm/ttm/ttm_bo_vm.c ttm_bo_vm_fault_reserved()',
  },
  {
    id: 'hisi qm doorbell',
    drivers: ['hisi_zip', 'hisi_sec2', 'hisi_hpre'],
    regions: 'any',
    vmFlags: IO,
    memoryTypes: ['normal'],
    kernelMapped: false,
    perPteProt: true,
    since: '6.1',
    cite: 'linux drivers/crypto/hisilicon/qm.c hisi_qm_uacce_mmap()',
  },
  {
    id: 'uio',
    drivers: ['uio', 'uio_pci_generic', 'uio_pdrv_genirq'],
    regions: 'any',
    vmFlags: IO,
    memoryTypes: ['device-nGnRnE'],
    kernelMapped: false,
    perPteProt: false,
    since: '6.1',
    cite: 'linux drivers/uio/uio.c uio_mmap_physical()',
  },
];
