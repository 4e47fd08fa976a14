/** The first two numbers of a release string, which is what the kernel spans are counted in. */
export type KernelVersion = readonly [major: number, minor: number];

const RELEASE = /^(\d{1,4})\.(\d{1,5})(?:[.\-+~_].*)?$/;

/** `6.12.107+deb13-arm64` → `[6, 12]`; `undefined` for what does not begin like a kernel release. */
export function parseKernelRelease(release: string | undefined): KernelVersion | undefined {
  const match = release === undefined ? null : RELEASE.exec(release);
  if (match === null) return undefined;
  return [Number(match[1]), Number(match[2])];
}

/** Negative, zero or positive as `a` is older than, of the same span as, or newer than `b`. */
export function compareKernels(a: KernelVersion, b: KernelVersion): number {
  return a[0] === b[0] ? a[1] - b[1] : a[0] - b[0];
}
