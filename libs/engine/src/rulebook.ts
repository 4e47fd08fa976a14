/** Moves whenever any verdict could change; every stored verdict names the one it came from. */
export const RULEBOOK = '2026.2';
