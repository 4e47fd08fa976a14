/** Breaks text at spaces so that no line is wider than `width`; a word that is wider stands alone and whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/[ \n\t]+/).filter((part) => part !== '')) {
    if (line === '') line = word;
    else if (line.length + 1 + word.length <= width) line = `${line} ${word}`;
    else {
      lines.push(line);
      line = word;
    }
  }
  return line === '' ? lines : [...lines, line];
}

/** Parts with commas between them, broken between parts and never inside one. */
export function wrapParts(parts: readonly string[], width: number): string[] {
  const whole = parts.map((part) => part.replaceAll(' ', '\u00a0')).join(', ');
  return wrap(whole, width).map((line) => line.replaceAll('\u00a0', ' '));
}

/** `key  text`, the text wrapped and kept in its own column. */
export function hanging(key: string, text: string, indent: number, keyWidth: number, width: number): string[] {
  const margin = ' '.repeat(indent);
  const lines = wrap(text, width - indent - keyWidth);
  return lines.map((line, index) => `${margin}${(index === 0 ? key : '').padEnd(keyWidth)}${line}`);
}
