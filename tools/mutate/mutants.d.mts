/** One change: in `file`, from the engine's sources on, `becomes` stands where `was` stood; both are whole lines. */
export interface Mutant {
  readonly file: string;
  readonly path: string;
  readonly line: number;
  readonly in: string;
  readonly start: number;
  readonly end: number;
  readonly is: string;
  readonly kind: string;
  readonly was: string;
  readonly becomes: string;
}

export function readProgram(): object;
export function mutantsOf(program: object, only?: string): readonly Mutant[];
export function mutated(text: string, mutant: Mutant): string;
