import type { Terminal } from './terminal.js';
import { grouped } from './views/sweep-view.js';

export interface ProgressAt {
  readonly done: number;
  readonly total: number;
  /** What stands behind the numbers. */
  readonly words?: string;
}

export interface Progress {
  readonly at: (now: ProgressAt) => void;
  /** Clears what was drawn. */
  readonly end: () => void;
}

const CELLS = 20;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
const REDRAW_MS = 100;
const LINE_EVERY_MS = 60_000;
const CLEAR_LINE = '\r\u001b[2K';

function bar(share: number): string {
  const eighths = Math.round(share * CELLS * 8);
  return ('█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '')).padEnd(CELLS);
}

function leftWords(elapsedMs: number, share: number): string {
  if (share <= 0 || share >= 1 || elapsedMs < 1000) return '';
  const seconds = Math.ceil((elapsedMs / share - elapsedMs) / 1000);
  return seconds < 60
    ? `${seconds} s left`
    : `${Math.floor(seconds / 60)} m ${String(seconds % 60).padStart(2, '0')} s left`;
}

function line(title: string, now: ProgressAt, startedAt: number): string {
  const share = now.total > 0 ? Math.min(1, now.done / now.total) : 0;
  const parts = [
    `[${bar(share)}]`,
    `${grouped(now.done)}/${grouped(now.total)}`,
    leftWords(Date.now() - startedAt, share),
    now.words ?? '',
  ];
  return [title, ...parts.filter((part) => part !== '')].join('  ');
}

/** A bar that redraws itself on a terminal; without one, a plain line a minute. Both on stderr. */
export function startProgress(terminal: Terminal, title: string): Progress {
  const startedAt = Date.now();
  const every = terminal.errIsTty ? REDRAW_MS : LINE_EVERY_MS;
  let drawnAt = terminal.errIsTty ? 0 : startedAt;
  return {
    at(now) {
      if (Date.now() - drawnAt < every) return;
      drawnAt = Date.now();
      const text = line(title, now, startedAt);
      terminal.err(terminal.errIsTty ? `${CLEAR_LINE}${text.slice(0, terminal.columns - 1)}` : `${text}\n`);
    },
    end() {
      if (terminal.errIsTty && drawnAt > 0) terminal.err(CLEAR_LINE);
    },
  };
}
