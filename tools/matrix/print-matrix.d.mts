import type { Matrix } from './ask-pairs.mjs';

export function printMatrix(matrix: Matrix, colour?: (outcome: string, text: string) => string): readonly string[];
