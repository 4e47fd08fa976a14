import type { Session } from './session.js';

/** What a command's module offers: the arguments and options as commander read them, the exit code as the answer. */
type Work = (session: Session, ...given: never[]) => Promise<number>;

/** Binds a command to the module that does it, loaded only when it is asked for: start-up stays quick. */
export type Bind = (load: () => Promise<Work>) => (...given: unknown[]) => Promise<void>;
