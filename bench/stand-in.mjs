// The floor for a decision: what a plain function of some fifteen branches over plain objects costs for one memslot on one host.
// It is no second engine and its answers mean nothing; it only keeps the shape (integers, booleans, two `in`).
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: its branches are what it is for
export function standIn(slot, host) {
  if (slot.arch !== host.arch) return 1;
  if (slot.ipaBits > host.ipaBits) return 2;
  if (slot.pages & host.pageMask) return 3;
  if (slot.page & host.pageMask) return 4;
  if (slot.page + slot.pages > host.ipaPages) return 5;
  if (slot.pfnmap && slot.logDirty) return 6;
  if (slot.pfnmap && slot.cacheable && !(host.fwb && host.dic)) return 7;
  if (slot.pfnmap && slot.cacheable && host.kernel < 617) return 8;
  if (slot.normalNc && host.kernel < 609) return 9;
  if (slot.mte && !(host.mte || !slot.anonymous)) return 10;
  if (!host.backings.includes(slot.backing)) return 11;
  if (slot.protected && !host.modes.includes('protected')) return 12;
  if (slot.guestMemfd && host.kernel < 618) return 13;
  if (slot.readonly && !host.readonlyMem) return 14;
  return host.cordoned ? 15 : 0;
}

const BACKINGS = ['anonymous', 'memfd', 'hugetlb', 'vfio', 'guest-memfd'];

function random(seed) {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % n;
  };
}

export function standInPairs(count, draw = random(7)) {
  const some = (percent) => draw(100) < percent;
  const slot = () => ({
    arch: 'aarch64',
    ipaBits: 40,
    page: draw(1 << 20),
    pages: 1 + draw(1 << 18),
    backing: BACKINGS[draw(4)],
    pfnmap: some(50),
    cacheable: some(50),
    normalNc: some(10),
    logDirty: some(15),
    mte: some(20),
    anonymous: some(80),
    protected: some(3),
    guestMemfd: some(3),
    readonly: some(10),
  });
  const host = () => ({
    arch: 'aarch64',
    ipaBits: 40 + draw(3) * 4,
    pageMask: 0,
    ipaPages: 1 << 28,
    kernel: [601, 612, 617, 618, 702][draw(5)],
    fwb: some(60),
    dic: some(60),
    mte: some(50),
    backings: BACKINGS.slice(0, 4 + draw(2)),
    modes: some(20) ? ['protected'] : ['vhe'],
    readonlyMem: some(95),
    cordoned: some(15),
  });
  return Array.from({ length: count }, () => [slot(), host()]);
}
