export const ROLES = ['agent', 'reader', 'orchestrator', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

const LADDER: readonly Role[] = ['reader', 'orchestrator', 'operator', 'admin'];

/**
 * May a key of this role do what a route asks `needed` for? Each role includes those before it; an agent stands
 * apart and speaks for one host alone. What is an agent's, an operator may do by hand for any host.
 */
export function roleAllows(role: Role, needed: Role): boolean {
  if (role === 'agent') return needed === 'agent';
  return LADDER.indexOf(role) >= LADDER.indexOf(needed === 'agent' ? 'operator' : needed);
}
