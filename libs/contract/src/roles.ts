import type { Refused } from './problems/problem.js';

export const ROLES = ['agent', 'reader', 'orchestrator', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** What is done by an orchestrator or by the agent of a host that takes part; of which hosts, the call itself looks. */
export const SIDE_OR_ORCHESTRATOR = 'agent-or-orchestrator';
export type NeededRole = Role | typeof SIDE_OR_ORCHESTRATOR;

const LADDER: readonly Role[] = ['reader', 'orchestrator', 'operator', 'admin'];

/**
 * May a key of this role do what a route asks `needed` for? Each role includes those before it; an agent stands
 * apart and speaks for one host alone. What is an agent's, an operator may do by hand for any host.
 */
export function roleAllows(role: Role, needed: NeededRole): boolean {
  if (needed === SIDE_OR_ORCHESTRATOR) return role === 'agent' || roleAllows(role, 'orchestrator');
  if (role === 'agent') return needed === 'agent';
  return LADDER.indexOf(role) >= LADDER.indexOf(needed === 'agent' ? 'operator' : needed);
}

export const roleRefused = (role: Role, needed: NeededRole): Refused => ({
  kind: 'refused',
  code: 'FORBIDDEN',
  detail: `this call needs the role \`${needed}\`, the key has \`${role}\``,
});
