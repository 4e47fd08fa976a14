import { connect } from 'node:net';

/** What came back over one link before the server closed it, or `stillOpen` after `patience`. */
export interface RawAnswer {
  readonly text: string;
  readonly closed: boolean;
}

/** Bytes as a hostile client sends them. */
export function sendRaw(port: number, bytes: string | Buffer, patience = 4_000): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const chunks: Buffer[] = [];
    const text = (): string => Buffer.concat(chunks).toString('latin1');
    const timer = setTimeout(() => {
      socket.destroy();
      resolve({ text: text(), closed: false });
    }, patience);
    socket.on('connect', () => socket.write(bytes));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
    socket.on('close', () => {
      clearTimeout(timer);
      resolve({ text: text(), closed: true });
    });
  });
}

/** The statuses of the answers in what came back, in order. */
export function statusesOf(answer: RawAnswer): number[] {
  return [...answer.text.matchAll(/HTTP\/1\.1 (\d{3}) [A-Z]/g)].map(([, status]) => Number(status));
}
