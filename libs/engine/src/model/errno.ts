/** The errnos that KVM's ioctls return on the paths Berth replays, by their name in errno.h. */
export const ERRNOS = [
  'EPERM',
  'ENOENT',
  'EIO',
  'ENOMEM',
  'EFAULT',
  'EBUSY',
  'EEXIST',
  'ENODEV',
  'EINVAL',
  'ENOSYS',
  'ENOTTY',
] as const;
export type Errno = (typeof ERRNOS)[number];
