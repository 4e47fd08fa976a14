import { describe, expect, it } from 'vitest';
import { ROLES, type Role, roleAllows } from './roles.js';

const ALLOWED: Readonly<Record<Role, readonly Role[]>> = {
  agent: ['agent'],
  reader: ['reader'],
  orchestrator: ['reader', 'orchestrator'],
  operator: ['agent', 'reader', 'orchestrator', 'operator'],
  admin: ['agent', 'reader', 'orchestrator', 'operator', 'admin'],
};

describe('roles', () => {
  it.each(ROLES)('%s may do what is listed and nothing else', (role) => {
    expect(ROLES.filter((needed) => roleAllows(role, needed))).toEqual(ALLOWED[role]);
  });
});
