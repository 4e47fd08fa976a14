import { Controller, Get, Inject } from '@nestjs/common';
import { Op } from '../http/operation.js';
import { DocumentHolder } from './document-holder.js';

@Controller('v1')
export class DocsController {
  constructor(@Inject(DocumentHolder) private readonly holder: DocumentHolder) {}

  @Get('openapi.json')
  @Op({
    id: 'getOpenApi',
    needs: 'reader',
    tag: 'operations',
    summary: 'This document',
    answers: { 200: { description: 'OpenAPI 3.1.', type: 'application/json' } },
  })
  read(): unknown {
    return this.holder.get();
  }
}
