import picocolors from 'picocolors';
import { type Terminal, widthOf } from './terminal.js';

/** How one command lays out what it says: for a person, or for a pipe. */
export interface Style {
  /** Aligned columns with headers and wrapped text; otherwise tabs, no headers and nothing cut. */
  readonly laidOut: boolean;
  readonly width: number;
  readonly outcome: (word: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
}

type Colours = ReturnType<typeof picocolors.createColors>;

function outcomeColour(colours: Colours, word: string): string {
  if (word === 'compatible') return colours.blue(word);
  return word === 'incompatible' ? colours.yellow(word) : colours.dim(word);
}

// https://no-color.org: any value that is not empty switches colour off.
function wantsColour(terminal: Terminal): boolean {
  return terminal.outIsTty && (terminal.env['NO_COLOR'] ?? '') === '' && terminal.env['TERM'] !== 'dumb';
}

/** `-o table` asks for the layout of a terminal wherever the output goes. */
export function styleOf(terminal: Terminal, output: string | undefined): Style {
  const colours = picocolors.createColors(wantsColour(terminal));
  return {
    laidOut: terminal.outIsTty || output === 'table',
    width: widthOf(terminal),
    outcome: (word) => outcomeColour(colours, word),
    strong: colours.yellow,
    faint: colours.dim,
  };
}
