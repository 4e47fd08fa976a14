import { LivenessSchema, ReadinessSchema } from '@berth/contract';
import { RUNTIME, type Runtime } from '@berth/runtime';
import { Controller, Get, Inject } from '@nestjs/common';
import { Op } from '../http/operation.js';
import { refuse } from '../http/refuse.js';
import { readinessOf } from './readiness.js';

const tag = 'operations';

@Controller()
export class HealthController {
  constructor(@Inject(RUNTIME) private readonly runtime: Runtime) {}

  @Get('livez')
  @Op({
    id: 'getLiveness',
    needs: 'anyone',
    tag,
    summary: 'Is the process there?',
    answers: { 200: { description: 'It is.', schema: LivenessSchema } },
  })
  live(): object {
    return { status: 'ok' };
  }

  @Get('readyz')
  @Op({
    id: 'getReadiness',
    needs: 'anyone',
    tag,
    summary: 'Can it answer?',
    description:
      'A queue that is down does not make the API unready: everything but the work on sweeps goes on. It is named as `failing`.',
    answers: { 200: { description: 'It can.', schema: ReadinessSchema } },
  })
  async ready(): Promise<object> {
    const { status, ...members } = readinessOf(await this.runtime.health());
    if (status === 'ready') return { status, ...members };
    return refuse('UNAVAILABLE', { members, headers: { 'retry-after': '2' } });
  }
}
