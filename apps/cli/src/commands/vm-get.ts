import { parseManifest } from '@berth/contract';
import type { Manifest } from '@berth/engine';
import type { VmRead } from '../api-types.js';
import { PATHS } from '../paths.js';
import { type Session, sayBody } from '../session.js';
import type { Style } from '../style.js';
import { withSuggestion } from '../suggest.js';
import { labelWords } from '../views/labels.js';
import { pairLines } from '../views/pairs.js';
import { slotLines } from '../views/slot-table.js';

function devices(needs: Manifest): string {
  if (needs.devices === undefined) return 'not known';
  return needs.devices.map((device) => `${device.name} ${device.vendorDevice ?? ''}`.trim()).join(', ') || 'none';
}

function pairs(vm: VmRead, needs: Manifest): [string, string][] {
  const { type = 'type not known', ipaBits = '?', mte } = needs.vm ?? {};
  return [
    ['labels', labelWords(vm.labels)],
    ['vm', `${type}, ${ipaBits} IPA bits${mte === true ? ', MTE' : ''}`],
    ['vcpus', `${needs.vcpu?.count ?? 'not known'}`],
    ['devices', devices(needs)],
    [
      'vmm',
      [needs.vmm?.name, needs.vmm?.version, needs.vmm?.machineType].filter((part) => part !== undefined).join(' '),
    ],
    ['digest', vm.digest],
  ];
}

function vmLines(vm: VmRead, style: Style): string[] {
  const parsed = parseManifest(vm.manifest, 'evaluate');
  const needs: Manifest = parsed.kind === 'ok' ? parsed.value.needs : {};
  return [
    [vm.vm, `r${vm.revision}`, `on ${vm.host ?? 'no known host'}`].join(style.laidOut ? '  ' : '\t'),
    ...pairLines(style, pairs(vm, needs)),
    ...(style.laidOut ? [''] : []),
    ...slotLines(needs, style),
  ];
}

/** `berth vm get NAME`. */
export async function vmGet(session: Session, name: string): Promise<number> {
  const answer = await withSuggestion(session, [{ kind: 'vm', name }], () =>
    session.api().call<VmRead>({ path: PATHS.vm(name) }),
  );
  if (session.output === 'json' || session.output === 'ndjson') sayBody(session, answer.text);
  else if (session.output === 'name') session.say([answer.json.vm]);
  else session.say(vmLines(answer.json, session.style));
  return 0;
}
