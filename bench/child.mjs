import { fork } from 'node:child_process';

/** A process of the bench: one question at a time, one answer to each. */
export class Child {
  #process;

  constructor(file) {
    this.#process = fork(new URL(file, import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.file = file;
  }

  ask(job) {
    const answer = this.answer();
    this.#process.send(job);
    return answer;
  }

  answer() {
    return new Promise((resolve, reject) => {
      const ended = (code, signal) => reject(new Error(`${this.file} ended (${code ?? signal})`));
      this.#process.once('exit', ended);
      this.#process.once('message', (message) => {
        this.#process.off('exit', ended);
        if (message.error) reject(new Error(`${this.file}: ${message.error}`));
        else resolve(message.result ?? message);
      });
    });
  }

  stop() {
    this.#process.disconnect();
    return new Promise((resolve) => this.#process.once('exit', resolve));
  }
}
