import type { NeededRole } from '@berth/contract';

/** `anyone`: no key is asked for. A route that names nothing is refused. */
export type Need = NeededRole | 'anyone';
