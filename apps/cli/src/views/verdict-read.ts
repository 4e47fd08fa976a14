/** What this program reads of a verdict; a newer server may say more, in words this one does not know. */
export interface FindingRead {
  readonly check: string;
  readonly phase: string;
  readonly reason: string;
  readonly severity: string;
  readonly failure: string;
  readonly errno: string | null;
  readonly side: string;
  readonly slot: number | null;
  readonly mapping: number | null;
  readonly gpa: string | null;
  readonly device: string | null;
  readonly expected: string;
  readonly actual: Readonly<Record<string, unknown>>;
  readonly missing: readonly string[];
  readonly sourceOutcome: string;
  readonly message: string;
  readonly remedy: string;
  readonly cite: string;
}

export interface WouldFailRead {
  readonly phase: string;
  readonly reason: string;
  readonly slot: number | null;
  readonly mapping: number | null;
  readonly errno: string | null;
  readonly failure: string;
  readonly sourceOutcome: string;
}

export interface RowRead {
  readonly slot: number;
  readonly mapping: number | null;
  readonly registration: string;
  readonly errno: string | null;
  readonly fault: string;
  readonly faultErrno: string | null;
  readonly stage2: string | null;
  readonly cacheMaintenance: string | null;
}

export interface BasisRead {
  readonly vm?: string | null;
  readonly vmRevision?: number | null;
  readonly host?: string | null;
  readonly hostRevision?: number | null;
  readonly generation: string | null;
  readonly rulebook: string;
  readonly policy: string;
  readonly catalogue?: string | undefined;
}

export interface VerdictRead {
  readonly outcome: string;
  readonly wouldFail: WouldFailRead | null;
  readonly findings: readonly FindingRead[];
  readonly memslots: readonly RowRead[];
  readonly phases?: readonly string[] | undefined;
  readonly hypothetical?: boolean | undefined;
  readonly assumed?: Readonly<Record<string, unknown>> | undefined;
  readonly basis: BasisRead;
  readonly evaluatedAt: string;
  readonly validUntil: string;
}
