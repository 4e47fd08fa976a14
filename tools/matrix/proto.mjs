import { recordedHosts } from './hosts.mjs';
import { decide } from '@berth/engine';
const hosts = recordedHosts(); console.log(hosts.length, new Set(hosts.map(h=>h.target.machineId)).size);
const c={}, r={}, m={}, all={}, det={};
for (const s of hosts) for (const t of hosts) { const d=decide({manifest:s.vm,target:t.target,source:s.source,policy:'strict'});
 c[d.outcome]=(c[d.outcome]??0)+1; if(d.wouldFail){const k=d.wouldFail.phase+' '+d.wouldFail.reason;r[k]=(r[k]??0)+1;}
 for(const f of d.findings){const k=f.severity+' '+f.phase+' '+f.check; all[k]=(all[k]??0)+1;
  if(f.actual.fields) for(const x of f.actual.fields){const kk=f.severity+' '+f.actual.register+'.'+x.field+' '+x.direction; det[kk]=(det[kk]??0)+1}
 }
 if(d.outcome==='indeterminate') for(const x of new Set(d.findings.flatMap(f=>f.missing))) m[x]=(m[x]??0)+1;
 if(s===t && d.outcome!=='compatible') console.log('DIAG',s.name,d.findings.filter(f=>f.severity!=='warn').map(f=>[f.check,f.message,f.missing]));
}
console.log(c,r,m,all,det);
