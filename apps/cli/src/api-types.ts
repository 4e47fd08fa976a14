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
  readonly contender?: string | null;
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

export interface CandidateRead {
  readonly host: string;
  readonly outcome: string;
  readonly wouldFail?: WouldFailRead;
  readonly missing?: readonly string[];
}

export interface CandidatesRead {
  readonly counts: CountsRead & { readonly byReason: Readonly<Record<string, number>> };
  readonly hosts: readonly CandidateRead[];
}

export interface EvacueeRead {
  readonly vm: string;
  readonly targets: readonly string[];
  readonly compatible: number;
  readonly byReason: Readonly<Record<string, number>>;
}

export interface EvacuationRead {
  readonly vms: readonly EvacueeRead[];
}

export interface InventoryGroupRead {
  readonly hosts: number;
  readonly [name: string]: string | number | boolean | null;
}

export interface InventoryRead {
  readonly groups: readonly InventoryGroupRead[];
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

export interface CatalogueItemRead {
  readonly row: string;
  readonly origin: string;
  readonly revision: number | null;
  readonly overruled?: boolean;
  readonly kind: string;
  readonly drivers?: readonly string[];
  readonly regions?: 'any' | readonly number[];
  readonly vmFlags?: readonly string[];
  readonly memoryTypes?: readonly string[];
  readonly driver?: string;
  readonly migration?: boolean;
  readonly p2p?: boolean;
  readonly since?: string;
}

export interface CatalogueRead {
  readonly items: readonly CatalogueItemRead[];
}

export interface EventRead {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly sequence: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface WebhookRead {
  readonly id: string;
  readonly url: string;
  readonly types: readonly string[];
  readonly description: string | null;
  readonly state: string;
  readonly disabledWhy: string | null;
  readonly through: string;
  readonly pending: number;
  readonly failingSince: string | null;
  readonly oldSecretUntil: string | null;
  readonly createdAt: string;
}

export interface WebhookDeliveryRead {
  readonly id: string;
  readonly kind: string;
  readonly type: string;
  readonly subject: string;
  readonly state: string;
  readonly nextAt: string | null;
  readonly attempts: readonly {
    readonly milliseconds: number;
    readonly status: number | null;
    readonly error: string | null;
  }[];
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
  readonly targets?: {
    readonly lost: readonly TargetTurnRead[];
    readonly won: readonly TargetTurnRead[];
    readonly asked: number;
    readonly nextCursor?: string;
  };
}

export interface TargetTurnRead {
  readonly vm: string;
  readonly reason: string | null;
}

export interface DeadLetterRead {
  readonly id: string;
  readonly queue: string;
  readonly reason: string;
  readonly diedAt: string;
  readonly redrives: number;
  readonly redrivenAt: string | null;
}
