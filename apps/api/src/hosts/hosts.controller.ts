import {
  type Caller,
  type CursorInvalid,
  Hosts,
  RegisterFingerprint,
  TargetsBetween,
  type TargetsCompared,
} from '@berth/application';
import {
  type FingerprintDocument,
  type Heartbeat,
  HeartbeatReplySchema,
  HeartbeatSchema,
  HostDiffSchema,
  HostFingerprintSchema,
  HostListSchema,
  type HostPatch,
  HostPatchSchema,
  HostRegistrationSchema,
  HostRevisionListSchema,
  HostSchema,
  HostSummarySchema,
  parseFingerprint,
  parseHeartbeat,
  parseHostPatch,
} from '@berth/contract';
import { FRESHNESS, HOST_STATES } from '@berth/engine';
import { Body, Controller, Delete, Get, Inject, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ParsedBody } from '../http/body.js';
import { CalledBy } from '../http/caller.js';
import { FORBIDS, LABELS, REQUIRES } from '../http/list-fields.js';
import { Name } from '../http/name.js';
import { Op } from '../http/operation.js';
import { printPage } from '../http/print-page.js';
import { type QueryOf, QueryPipe } from '../http/query.js';
import { DEFAULT_LIMIT, oneOf, PAGE, wholeNumber } from '../http/query-fields.js';
import { cursorInvalid, pageOr, refuse, revisionMismatch } from '../http/refuse.js';
import { IfMatch, sendRevision } from '../http/revision.js';
import { WholeNumber } from '../http/whole-number.js';
import { printHost, printHostDiff, printHostRevision, printHostSummary } from './print-host.js';
import { registeredOr } from './register-host.js';

const HOST_LIST = {
  ...PAGE,
  state: oneOf('Only hosts in this state.', HOST_STATES),
  freshness: oneOf('Only hosts whose facts are this fresh.', FRESHNESS),
  label: LABELS,
  requires: REQUIRES,
  forbids: FORBIDS,
} as const;

const VMS_AT_ONCE = 200;
const TARGETS = { ...PAGE, limit: wholeNumber('How many VMs are asked at most.', 1000, VMS_AT_ONCE) } as const;

const tag = 'hosts';

@Controller('v1/hosts')
export class HostsController {
  constructor(
    @Inject(Hosts) private readonly hosts: Hosts,
    @Inject(RegisterFingerprint) private readonly register: RegisterFingerprint,
    @Inject(TargetsBetween) private readonly targets: TargetsBetween,
  ) {}

  @Put(':host/fingerprint')
  @Op({
    id: 'putFingerprint',
    needs: 'agent',
    tag,
    summary: 'Register what a host can do',
    description:
      'The same facts keep their revision and are fresh again. Contradictions are warnings and make each contradicted fact unknown.',
    body: HostFingerprintSchema,
    ifMatch: true,
    answers: {
      200: { description: 'A host that was known.', schema: HostRegistrationSchema, headers: ['ETag'] },
      201: { description: 'A new host.', schema: HostRegistrationSchema, headers: ['ETag'] },
    },
    problems: ['HOST_FORBIDDEN', 'STALE_OBSERVATION', 'MACHINE_CHANGED', 'CLOCK_AHEAD', 'KERNEL_TOO_OLD'],
  })
  async putFingerprint(
    @CalledBy() caller: Caller,
    @Param('host', Name) host: string,
    @Body(new ParsedBody((value) => parseFingerprint(value, 'register'))) fingerprint: FingerprintDocument,
    @IfMatch() ifMatch: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const { created, revision, digest, changed, warnings } = registeredOr(
      await this.register.run(caller, host, fingerprint, { ifMatch }),
    );
    if (created) reply.code(201);
    sendRevision(reply, revision);
    return { host, revision, digest, changed, warnings };
  }

  @Post(':host/heartbeat')
  @Op({
    id: 'sendHeartbeat',
    needs: 'agent',
    tag,
    summary: 'Say that a host is alive',
    body: HeartbeatSchema,
    answers: { 200: { description: 'Heard.', schema: HeartbeatReplySchema } },
    problems: ['HOST_UNKNOWN', 'HOST_FORBIDDEN'],
  })
  async heartbeat(
    @CalledBy() caller: Caller,
    @Param('host', Name) host: string,
    @Body(new ParsedBody(parseHeartbeat)) beat: Heartbeat,
  ): Promise<object> {
    const answer = await this.hosts.heartbeat(caller, host, beat);
    if (answer.kind === 'host-unknown') return refuse('HOST_UNKNOWN');
    if (answer.kind === 'host-forbidden') return refuse('HOST_FORBIDDEN');
    const { resend, nextHeartbeatSeconds } = answer;
    return { resend, nextHeartbeatSeconds };
  }

  @Get()
  @Op({
    id: 'listHosts',
    needs: 'reader',
    tag,
    summary: 'List hosts',
    query: HOST_LIST,
    answers: { 200: { description: 'One page, by name.', schema: HostListSchema } },
    problems: ['CURSOR_INVALID'],
  })
  async list(
    @CalledBy() caller: Caller,
    @Query(new QueryPipe(HOST_LIST)) query: QueryOf<typeof HOST_LIST>,
  ): Promise<object> {
    const { label, limit = DEFAULT_LIMIT, ...rest } = query;
    return printPage(
      pageOr(await this.hosts.list(caller, { ...rest, limit, labels: label && new Map(label) })),
      printHostSummary,
    );
  }

  @Get(':host')
  @Op({
    id: 'getHost',
    needs: 'reader',
    tag,
    summary: 'What is known of a host',
    answers: { 200: { description: 'The host with its newest facts.', schema: HostSchema, headers: ['ETag'] } },
    problems: ['HOST_UNKNOWN'],
  })
  async get(
    @CalledBy() caller: Caller,
    @Param('host', Name) host: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const answer = await this.hosts.get(caller, host);
    if (answer.kind === 'host-unknown') return refuse('HOST_UNKNOWN');
    sendRevision(reply, answer.revision);
    return printHost(answer);
  }

  @Get(':host/revisions')
  @Op({
    id: 'listHostRevisions',
    needs: 'reader',
    tag,
    summary: 'How a host came to be what it is',
    query: PAGE,
    answers: { 200: { description: 'One page, newest first.', schema: HostRevisionListSchema } },
    problems: ['HOST_UNKNOWN', 'CURSOR_INVALID'],
  })
  async revisions(
    @CalledBy() caller: Caller,
    @Param('host', Name) host: string,
    @Query(new QueryPipe(PAGE)) { limit = DEFAULT_LIMIT, cursor }: QueryOf<typeof PAGE>,
  ): Promise<object> {
    const answer = await this.hosts.revisions(caller, host, { limit, cursor });
    if (answer.kind === 'host-unknown') return refuse('HOST_UNKNOWN');
    return printPage(pageOr(answer), printHostRevision);
  }

  @Get(':host/revisions/:a/diff/:b')
  @Op({
    id: 'diffHostRevisions',
    needs: 'reader',
    tag,
    summary: 'What changed between two revisions, and for which VMs',
    description:
      'Every VM of the fleet is asked about the host with the facts of either revision, so many at a time: `targets` goes on at its `nextCursor`.',
    query: TARGETS,
    answers: { 200: { description: 'Leaf by leaf, and VM by VM.', schema: HostDiffSchema } },
    problems: ['HOST_UNKNOWN', 'REVISION_UNKNOWN', 'CURSOR_INVALID'],
  })
  async diff(
    @CalledBy() caller: Caller,
    @Param('host', Name) host: string,
    @Param('a', WholeNumber) a: number,
    @Param('b', WholeNumber) b: number,
    @Query(new QueryPipe(TARGETS)) { limit = VMS_AT_ONCE, cursor }: QueryOf<typeof TARGETS>,
  ): Promise<object> {
    const answer = await this.hosts.diff(caller, host, a, b);
    if (answer.kind === 'host-unknown') return refuse('HOST_UNKNOWN');
    if (answer.kind === 'revision-unknown')
      return refuse('REVISION_UNKNOWN', { detail: `the host has no revision ${answer.revision}` });
    const states = { host, a: answer.a.digest, b: answer.b.digest };
    return printHostDiff(host, answer, targetsOr(await this.targets.compare(caller, states, { limit, cursor })));
  }

  @Patch(':host')
  @Op({
    id: 'patchHost',
    needs: 'operator',
    tag,
    summary: 'Change the labels or the state of a host',
    body: HostPatchSchema,
    mergePatch: true,
    ifMatch: true,
    answers: { 200: { description: 'As it is now.', schema: HostSummarySchema, headers: ['ETag'] } },
    problems: ['HOST_UNKNOWN'],
  })
  async patch(
    @CalledBy() caller: Caller,
    @Param('host', Name) host: string,
    @Body(new ParsedBody(parseHostPatch)) patch: HostPatch,
    @IfMatch() ifMatch: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const answer = await this.hosts.patch(caller, host, patch, ifMatch);
    if (answer.kind === 'host-unknown') return refuse('HOST_UNKNOWN');
    if (answer.kind === 'revision-mismatch') return revisionMismatch(answer.revision);
    sendRevision(reply, answer.host.revision);
    return printHostSummary(answer.host);
  }

  @Delete(':host')
  @Op({
    id: 'deleteHost',
    needs: 'operator',
    tag,
    summary: 'Forget a host',
    answers: { 204: { description: 'Forgotten.' } },
    problems: ['HOST_UNKNOWN', 'HOST_IN_USE'],
  })
  async remove(@CalledBy() caller: Caller, @Param('host', Name) host: string): Promise<void> {
    const { kind } = await this.hosts.remove(caller, host);
    if (kind === 'host-unknown') refuse('HOST_UNKNOWN');
    if (kind === 'host-in-use') refuse('HOST_IN_USE', { detail: 'a VM is said to run on it' });
  }
}

function targetsOr(answer: TargetsCompared | CursorInvalid): TargetsCompared {
  return answer.kind === 'compared' ? answer : cursorInvalid();
}
