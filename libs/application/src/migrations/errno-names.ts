/** What glibc's strerror() prints, by the name in errno.h: VMMs and libvirt pass the words on and drop the number. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['Operation not permitted', 'EPERM'],
  ['No such file or directory', 'ENOENT'],
  ['Input/output error', 'EIO'],
  ['No such device or address', 'ENXIO'],
  ['Argument list too long', 'E2BIG'],
  ['Resource temporarily unavailable', 'EAGAIN'],
  ['Cannot allocate memory', 'ENOMEM'],
  ['Permission denied', 'EACCES'],
  ['Bad address', 'EFAULT'],
  ['Device or resource busy', 'EBUSY'],
  ['File exists', 'EEXIST'],
  ['No such device', 'ENODEV'],
  ['Invalid argument', 'EINVAL'],
  ['Inappropriate ioctl for device', 'ENOTTY'],
  ['No space left on device', 'ENOSPC'],
  ['Broken pipe', 'EPIPE'],
  ['Numerical result out of range', 'ERANGE'],
  ['Function not implemented', 'ENOSYS'],
  ['Value too large for defined data type', 'EOVERFLOW'],
  ['Operation not supported', 'EOPNOTSUPP'],
  ['Connection reset by peer', 'ECONNRESET'],
  ['Connection timed out', 'ETIMEDOUT'],
  ['Connection refused', 'ECONNREFUSED'],
  ['Operation canceled', 'ECANCELED'],
]);

/** The errno whose words these are; undefined for words that are no errno's. */
export const errnoOf = (words: string): string | undefined => WORDS.get(words.trim());
