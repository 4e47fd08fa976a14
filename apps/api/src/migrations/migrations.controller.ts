import {
  type Caller,
  type KeptAnswer,
  type MigrationAnswer,
  type MigrationRecord,
  Migrations,
} from '@berth/application';
import {
  digestOf,
  type JsonValue,
  MIGRATION_STATES,
  MigrationListSchema,
  type MigrationRequest,
  MigrationRequestSchema,
  MigrationSchema,
  parseMigrationRequest,
  parseReportRequest,
  parseTargetWord,
  type ReportRequest,
  ReportRequestSchema,
  type TargetWord,
  TargetWordSchema,
} from '@berth/contract';
import { Body, Controller, Get, Inject, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ParsedBody } from '../http/body.js';
import { CalledBy } from '../http/caller.js';
import { Id } from '../http/id.js';
import { IdempotencyKey, sendReplayed } from '../http/idempotency-key.js';
import { nameText } from '../http/name-field.js';
import { Op } from '../http/operation.js';
import { OptionalBody } from '../http/optional-body.js';
import { printPage } from '../http/print-page.js';
import { type QueryOf, QueryPipe } from '../http/query.js';
import { DEFAULT_LIMIT, oneOf, PAGE } from '../http/query-fields.js';
import { pageOr } from '../http/refuse.js';
import { Metrics } from '../metrics/metrics.js';
import { printMigration } from './print-migration.js';
import { refuseMigration, refuseOpening } from './refuse-migration.js';

const MIGRATION_LIST = {
  ...PAGE,
  state: oneOf('Only migrations in this state.', MIGRATION_STATES),
  vm: nameText('Only migrations of this VM.'),
  source: nameText('Only migrations from this host.'),
  target: nameText('Only migrations to this host.'),
} as const;

const JSON_TYPE = 'application/json; charset=utf-8';
const THE_ID = new Id('MIGRATION_UNKNOWN');
const tag = 'migrations';

@Controller('v1/migrations')
export class MigrationsController {
  constructor(
    @Inject(Migrations) private readonly migrations: Migrations,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  @Post()
  @Op({
    id: 'openMigration',
    needs: 'orchestrator',
    tag,
    summary: 'Open a migration',
    description:
      'Evaluates on the newest revisions, and answers with a ticket when all phases say yes. A VM has one open migration at most. With an `Idempotency-Key` it may be sent again when the answer was lost.',
    body: MigrationRequestSchema,
    idempotencyKey: true,
    answers: {
      201: {
        description: 'Admitted.',
        schema: MigrationSchema,
        headers: ['Location', 'Idempotency-Replayed'],
      },
    },
    problems: ['NAME_UNKNOWN', 'VM_WITHOUT_HOST', 'REVISION_CONFLICT', 'MIGRATION_OPEN', 'NOT_COMPATIBLE'],
  })
  async open(
    @CalledBy() caller: Caller,
    @IdempotencyKey() key: string | undefined,
    @Body(new ParsedBody(parseMigrationRequest)) request: MigrationRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const answer = await this.migrations.open(caller, request, key === undefined ? undefined : keptUnder(key, request));
    if (answer.kind !== 'opened' && answer.kind !== 'replayed') return refuseOpening(answer);
    if (answer.kind === 'replayed') sendReplayed(reply);
    const body = answer.kind === 'replayed' ? answer.body : print(answer.migration);
    reply.header('location', `/v1/migrations/${idIn(body)}`).header('content-type', JSON_TYPE);
    return body;
  }

  @Get()
  @Op({
    id: 'listMigrations',
    needs: 'reader',
    tag,
    summary: 'List migrations',
    query: MIGRATION_LIST,
    answers: { 200: { description: 'One page, newest first.', schema: MigrationListSchema } },
    problems: ['CURSOR_INVALID'],
  })
  async list(
    @CalledBy() caller: Caller,
    @Query(new QueryPipe(MIGRATION_LIST)) { limit = DEFAULT_LIMIT, ...rest }: QueryOf<typeof MIGRATION_LIST>,
  ): Promise<object> {
    return printPage(pageOr(await this.migrations.list(caller, { limit, ...rest })), printMigration);
  }

  @Get(':id')
  @Op({
    id: 'getMigration',
    needs: 'reader',
    tag,
    summary: 'One migration',
    answers: { 200: { description: 'As it stands, with how it came there.', schema: MigrationSchema } },
    problems: ['MIGRATION_UNKNOWN'],
  })
  async get(@CalledBy() caller: Caller, @Param('id', THE_ID) id: string): Promise<object> {
    return printed(await this.migrations.get(caller, id));
  }

  @Post(':id/verify')
  @Op({
    id: 'verifyMigration',
    needs: 'agent-or-orchestrator',
    tag,
    summary: 'The target says that it is still what the migration was opened on',
    description:
      'Evaluates again on the newest revisions: revoked when they no longer say yes. Where they do under other digests the answer has another ticket. By the agent of the target, or by an orchestrator on its behalf.',
    body: TargetWordSchema,
    bodyOptional: true,
    answers: { 200: { description: 'Verified.', schema: MigrationSchema } },
    problems: [
      'HOST_FORBIDDEN',
      'MIGRATION_UNKNOWN',
      'FACTS_CHANGED',
      'TICKET_FOREIGN',
      'OTHER_CALLER',
      'MIGRATION_ENDED',
      'NOT_COMPATIBLE',
    ],
  })
  async verify(
    @CalledBy() caller: Caller,
    @Param('id', THE_ID) id: string,
    @Body(new OptionalBody(parseTargetWord)) word: TargetWord,
  ): Promise<object> {
    return printed(await this.migrations.verify(caller, id, word));
  }

  @Post(':id/start')
  @Op({
    id: 'startMigration',
    needs: 'orchestrator',
    tag,
    summary: 'The VM is about to move',
    description:
      'Evaluates for the last time. From now on the VM may run on either side, until a report says where it ended.',
    answers: { 200: { description: 'In flight.', schema: MigrationSchema } },
    problems: ['MIGRATION_UNKNOWN', 'NOT_VERIFIED', 'OTHER_CALLER', 'MIGRATION_ENDED', 'NOT_COMPATIBLE'],
  })
  async start(@CalledBy() caller: Caller, @Param('id', THE_ID) id: string): Promise<object> {
    return printed(await this.migrations.start(caller, id));
  }

  @Post(':id/report')
  @Op({
    id: 'reportMigration',
    needs: 'agent-or-orchestrator',
    tag,
    summary: 'What became of it',
    description:
      'By the agent of either side, or by an orchestrator on its behalf. `landed` moves the VM to the target. After the deadline both sides have to say the same.',
    body: ReportRequestSchema,
    answers: { 200: { description: 'Taken down.', schema: MigrationSchema } },
    problems: ['HOST_FORBIDDEN', 'MIGRATION_UNKNOWN', 'NOT_IN_FLIGHT', 'REPORT_CONFLICT'],
  })
  async report(
    @CalledBy() caller: Caller,
    @Param('id', THE_ID) id: string,
    @Body(new ParsedBody(parseReportRequest)) report: ReportRequest,
  ): Promise<object> {
    const answer = await this.migrations.report(caller, id, report);
    if (answer.heard !== undefined) this.metrics.reportTextRead(answer.heard);
    if (answer.calibrated !== undefined) this.metrics.compared(answer.calibrated);
    return printed(answer);
  }

  @Post(':id/cancel')
  @Op({
    id: 'cancelMigration',
    needs: 'orchestrator',
    tag,
    summary: 'Give up a migration that has not been started',
    answers: { 200: { description: 'Revoked.', schema: MigrationSchema } },
    problems: ['MIGRATION_UNKNOWN', 'IN_FLIGHT', 'OTHER_CALLER', 'MIGRATION_ENDED'],
  })
  async cancel(@CalledBy() caller: Caller, @Param('id', THE_ID) id: string): Promise<object> {
    return printed(await this.migrations.cancel(caller, id));
  }
}

const print = (migration: MigrationRecord): string => JSON.stringify(printMigration(migration));

/** The request's own digest: what was left out and what was written otherwise are the same request. */
const keptUnder = (key: string, request: MigrationRequest): KeptAnswer => ({
  key,
  requestDigest: digestOf(JSON.parse(JSON.stringify(request)) as JsonValue),
  print,
});

const idIn = (body: string): string => (JSON.parse(body) as { id: string }).id;

function printed(answer: MigrationAnswer): object {
  return answer.kind === 'done' ? printMigration(answer.migration) : refuseMigration(answer);
}
