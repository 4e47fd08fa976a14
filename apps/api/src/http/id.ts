import type { ProblemCode } from '@berth/contract';
import type { PipeTransform } from '@nestjs/common';
import { refuse } from './refuse.js';

const ID = /^[A-Za-z0-9_-]{1,64}$/;

/** An id in the path, as we gave it out. One that we cannot have given is as unknown as one that we did not give. */
export class Id implements PipeTransform<string, string> {
  constructor(private readonly unknown: ProblemCode) {}

  transform(value: string): string {
    return ID.test(value) ? value : refuse(this.unknown);
  }
}
