import { Calibration, type Caller } from '@berth/application';
import { CalibrationSchema } from '@berth/contract';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { CalledBy } from '../http/caller.js';
import { Op } from '../http/operation.js';
import { type QueryOf, QueryPipe } from '../http/query.js';
import { shortText, utcTime } from '../http/query-fields.js';
import { printCalibration } from './print-calibration.js';

const CALIBRATION = {
  since: utcTime('Only migrations that ended from then on.'),
  rulebook: shortText('Of this rulebook; the one of today when left out.', 64),
} as const;

@Controller('v1/calibration')
export class CalibrationController {
  constructor(@Inject(Calibration) private readonly calibration: Calibration) {}

  @Get()
  @Op({
    id: 'getCalibration',
    needs: 'reader',
    tag: 'migrations',
    summary: 'How often the answers were right',
    description:
      'Each migration that was tried is compared with what was predicted of it, in the transaction that ends it. Here they are counted, check by check.',
    query: CALIBRATION,
    answers: { 200: { description: 'Of today, or since the given time.', schema: CalibrationSchema } },
  })
  async get(
    @CalledBy() caller: Caller,
    @Query(new QueryPipe(CALIBRATION)) query: QueryOf<typeof CALIBRATION>,
  ): Promise<object> {
    return printCalibration(await this.calibration.report(caller, query));
  }
}
