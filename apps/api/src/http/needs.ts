import type { Role } from '@berth/contract';

/** `anyone`: no key is asked for. A route that names nothing is refused. */
export type Need = Role | 'anyone';
