import { type Caller, CatalogueRows } from '@berth/application';
import {
  type CatalogueRowDocument,
  CatalogueRowRegistrationSchema,
  CatalogueRowSchema,
  CatalogueSchema,
  parseCatalogueRow,
} from '@berth/contract';
import { Body, Controller, Delete, Get, Inject, Param, Put, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ParsedBody } from '../http/body.js';
import { CalledBy } from '../http/caller.js';
import { Name } from '../http/name.js';
import { Op } from '../http/operation.js';
import { refuse } from '../http/refuse.js';
import { IfMatch, sendRevision } from '../http/revision.js';
import { printCatalogue } from './print-catalogue.js';
import { BUILT_IN_NAME, storedOr } from './stored-row.js';

const tag = 'rulebook';

@Controller('v1/catalogue')
export class CatalogueController {
  constructor(@Inject(CatalogueRows) private readonly rows: CatalogueRows) {}

  @Get()
  @Op({
    id: 'listCatalogue',
    needs: 'reader',
    tag,
    summary: 'What is known of drivers',
    description:
      'How drivers map memory into a VMM, and which of them can migrate: what a manifest that names driver and region may leave out. An answer says in `derived` which row told what.',
    answers: { 200: { description: 'Every row, the built-in ones first.', schema: CatalogueSchema } },
  })
  async list(@CalledBy() caller: Caller): Promise<object> {
    return printCatalogue(await this.rows.list(caller));
  }

  @Put(':row')
  @Op({
    id: 'putCatalogueRow',
    needs: 'operator',
    tag,
    summary: 'Say what Berth does not know of a driver',
    description:
      'For drivers that are not in the kernel, or regions that no built-in row speaks of. A row never tells otherwise than a built-in one, and no two tell the same. Every question of the fleet is asked under it from then on, and its `basis` says so.',
    body: CatalogueRowSchema,
    ifMatch: true,
    answers: {
      200: { description: 'A row that was there.', schema: CatalogueRowRegistrationSchema, headers: ['ETag'] },
      201: { description: 'A new row.', schema: CatalogueRowRegistrationSchema, headers: ['ETag'] },
    },
    problems: ['CATALOGUE_ROW_BUILT_IN', 'CATALOGUE_ROW_CLASH', 'CATALOGUE_FULL'],
  })
  async put(
    @CalledBy() caller: Caller,
    @Param('row', Name) row: string,
    @Body(new ParsedBody(parseCatalogueRow)) document: CatalogueRowDocument,
    @IfMatch() ifMatch: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const { created, revision, digest, changed } = storedOr(await this.rows.put(caller, row, document, { ifMatch }));
    if (created) reply.code(201);
    sendRevision(reply, revision);
    return { row, revision, digest, changed };
  }

  @Delete(':row')
  @Op({
    id: 'deleteCatalogueRow',
    needs: 'operator',
    tag,
    summary: 'Take back what was added',
    description: 'Answers that were given under the row keep it: they can be replayed under it.',
    answers: { 204: { description: 'Taken back.' } },
    problems: ['CATALOGUE_ROW_UNKNOWN', 'CATALOGUE_ROW_BUILT_IN'],
  })
  async remove(@CalledBy() caller: Caller, @Param('row', Name) row: string): Promise<void> {
    const { kind } = await this.rows.remove(caller, row);
    if (kind === 'row-unknown') refuse('CATALOGUE_ROW_UNKNOWN');
    if (kind === 'row-built-in') refuse('CATALOGUE_ROW_BUILT_IN', { errors: [BUILT_IN_NAME] });
  }
}
