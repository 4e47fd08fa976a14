// A process that numbers events as fast as it can, and emits its own, until it is killed.
import { openDatabase } from '@berth/persistence';

const { DATABASE_URL: url = '', SUBJECT: subject = '' } = process.env;
const { work, sequencer } = await openDatabase({ url, allowVolatile: true, connections: 2 });
process.send?.('begun');
for (let n = 1; ; n += 1) {
  await work.run(async (tx) => {
    await tx.hosts.lock('default', subject);
    await tx.events.emit('default', {
      type: 'host.patched',
      subject: `hosts/${subject}`,
      data: { n, pid: process.pid },
    });
  });
  // Only what is told of here is known to be committed.
  process.send?.(n);
  await sequencer.drain();
}
