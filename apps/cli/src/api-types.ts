import type { FindingRead, VerdictRead, WouldFailRead } from './views/verdict-read.js';

/** What this program reads of the server's answers; they may say more. */
export interface Warned {
  readonly warnings?: readonly { readonly code: string; readonly pointer: string; readonly detail: string }[];
}

export interface RegisteredRead extends Warned {
  readonly revision: number;
  readonly digest: string;
  readonly changed: boolean;
}

export interface HostRead {
  readonly host: string;
  readonly revision: number;
  readonly digest: string;
  readonly state: string;
  readonly freshness: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly receivedAt?: string;
}

export interface HostDetailRead extends HostRead {
  readonly machineId: string | null;
  readonly heartbeatAt: string | null;
  readonly generation: string | null;
  readonly generationCandidates: readonly string[];
  readonly capabilities: Readonly<Record<string, boolean | null>>;
  readonly fingerprint: {
    readonly kernel?: { readonly release?: string; readonly pageSize?: number };
    readonly cpu?: { readonly midr?: readonly string[] };
    readonly kvm?: { readonly mode?: string };
  };
}

export interface VmRead {
  readonly vm: string;
  readonly host?: string | null;
  readonly revision: number;
  readonly digest: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly manifest?: unknown;
}

export interface PageRead<T> {
  readonly items: readonly T[];
  readonly nextCursor?: string;
}

export interface PreflightRead extends VerdictRead {
  readonly id: string;
}

export interface ReplayRead {
  readonly id: string;
  readonly original: VerdictRead;
  readonly replayed: VerdictRead;
  readonly same: boolean;
  readonly differences: readonly {
    readonly change: string;
    readonly finding: FindingRead;
    readonly was?: FindingRead;
  }[];
}

export interface CountsRead {
  readonly compatible: number;
  readonly incompatible: number;
  readonly indeterminate: number;
}

export interface SweepRead {
  readonly id: string;
  readonly state: string;
  readonly progress: { readonly done: number; readonly total: number };
  readonly counts: CountsRead;
  readonly policy?: string;
  readonly failure: string | null;
  readonly createdAt?: string;
}

export interface SweepResultRead {
  readonly vm: string;
  readonly host: string;
  readonly outcome: string;
  readonly wouldFail: WouldFailRead | null;
}

export interface KeyRead {
  readonly id: string;
  readonly role: string;
  readonly host?: string | null;
  readonly label?: string | null;
  readonly createdAt?: string;
  readonly revokedAt?: string | null;
}

export interface DiffRead {
  readonly differences: readonly { readonly pointer: string; readonly before?: unknown; readonly after?: unknown }[];
}
