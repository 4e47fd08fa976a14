import { type Caller, type KeyRecord, Keys } from '@berth/application';
import { IssuedKeySchema, KeyListSchema, type KeyRequest, KeyRequestSchema, parseKeyRequest } from '@berth/contract';
import { Body, Controller, Delete, Get, Inject, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ParsedBody } from '../http/body.js';
import { CalledBy } from '../http/caller.js';
import { Id } from '../http/id.js';
import { Op } from '../http/operation.js';
import { printPage } from '../http/print-page.js';
import { type QueryOf, QueryPipe } from '../http/query.js';
import { DEFAULT_LIMIT, PAGE } from '../http/query-fields.js';
import { pageOr, refuse } from '../http/refuse.js';

const tag = 'keys';

@Controller('v1/keys')
export class KeysController {
  constructor(@Inject(Keys) private readonly keys: Keys) {}

  @Post()
  @Op({
    id: 'issueKey',
    needs: 'admin',
    tag,
    summary: 'Make a key',
    body: KeyRequestSchema,
    answers: { 201: { description: 'The key, shown this once.', schema: IssuedKeySchema } },
  })
  async issue(
    @CalledBy() caller: Caller,
    @Body(new ParsedBody(parseKeyRequest)) request: KeyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const { id, key, role, host = null, label = null } = await this.keys.issue(caller, request);
    reply.header('cache-control', 'no-store');
    return { id, role, host, label, key };
  }

  @Get()
  @Op({
    id: 'listKeys',
    needs: 'admin',
    tag,
    summary: 'List keys, without their secrets',
    query: PAGE,
    answers: { 200: { description: 'One page.', schema: KeyListSchema } },
    problems: ['CURSOR_INVALID'],
  })
  async list(
    @CalledBy() caller: Caller,
    @Query(new QueryPipe(PAGE)) { limit = DEFAULT_LIMIT, cursor }: QueryOf<typeof PAGE>,
  ): Promise<object> {
    return printPage(pageOr(await this.keys.list(caller, { limit, cursor })), printKey);
  }

  @Delete(':key')
  @Op({
    id: 'revokeKey',
    needs: 'admin',
    tag,
    summary: 'Revoke a key',
    answers: { 204: { description: 'Revoked; other processes may take it for a few more seconds.' } },
    problems: ['KEY_UNKNOWN'],
  })
  async revoke(@CalledBy() caller: Caller, @Param('key', new Id('KEY_UNKNOWN')) id: string): Promise<void> {
    const { kind } = await this.keys.revoke(caller, id);
    if (kind === 'key-unknown') refuse('KEY_UNKNOWN');
  }
}

function printKey(key: KeyRecord): object {
  return {
    id: key.id,
    role: key.role,
    host: key.host ?? null,
    label: key.label ?? null,
    createdAt: key.createdAt.toISOString(),
    revokedAt: key.revokedAt?.toISOString() ?? null,
  };
}
