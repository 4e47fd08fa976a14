export interface Refusal {
  readonly code: 'TOO_DEEP' | 'DUPLICATE_KEY' | 'NUL_IN_TEXT' | 'LONE_SURROGATE' | 'NUMBER_RANGE';
  readonly at: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const UPPER_E = 0x45;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const LOWER_E = 0x65;
const LOWER_U = 0x75;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Finds what `JSON.parse` lets pass and Berth does not. The text must already be JSON. One loop and
 * no recursion, so that no depth of nesting can overflow the stack.
 */
export function scanJson(text: string, maxLevels: number, fromUtf8: boolean): Refusal | undefined {
  return new Scanner(text, maxLevels, fromUtf8 && !text.includes('\\')).run();
}

class Scanner {
  private at = 0;
  private level = 0;
  private keyNext = false;
  private refusal: Refusal | undefined;
  /** Per level the keys seen so far; `undefined` in a list. The sets are kept from one object to the next. */
  private readonly keys: (Set<string> | undefined)[] = [];
  private readonly spare: (Set<string> | undefined)[] = [];

  constructor(
    private readonly text: string,
    private readonly maxLevels: number,
    /** No escapes, and no lone surrogates either: a string is whatever stands between two quotes. */
    private readonly plain: boolean,
  ) {}

  run(): Refusal | undefined {
    const end = this.text.length;
    while (this.at < end && this.refusal === undefined) {
      this.step(this.text.charCodeAt(this.at));
    }
    return this.refusal;
  }

  private step(code: number): void {
    if (code === QUOTE) this.string();
    else if (code === COMMA) this.comma();
    else if (code === OPEN_OBJECT || code === OPEN_LIST) this.open(code);
    else if (code === CLOSE_OBJECT || code === CLOSE_LIST) this.close();
    else if (code === MINUS || (code >= ZERO && code <= NINE)) this.number();
    else this.at += 1;
  }

  private comma(): void {
    this.keyNext = this.keys[this.level] !== undefined;
    this.at += 1;
  }

  private open(code: number): void {
    this.level += 1;
    if (this.level > this.maxLevels) {
      this.refuse('TOO_DEEP', this.at);
      return;
    }
    this.keyNext = code === OPEN_OBJECT;
    this.keys[this.level] = this.keyNext ? this.freshKeys() : undefined;
    this.at += 1;
  }

  private freshKeys(): Set<string> {
    const set = this.spare[this.level] ?? new Set<string>();
    this.spare[this.level] = set;
    set.clear();
    return set;
  }

  private close(): void {
    this.level -= 1;
    this.keyNext = false;
    this.at += 1;
  }

  private number(): void {
    const start = this.at;
    let at = start + 1;
    let exponent = false;
    for (let code = this.text.charCodeAt(at); isNumberPart(code); code = this.text.charCodeAt(at)) {
      exponent ||= code === LOWER_E || code === UPPER_E;
      at += 1;
    }
    this.at = at;
    // Up to 15 characters are exact as doubles unless an exponent makes them large.
    if (at - start <= 15 && !exponent) return;
    if (!isFaithful(this.text.slice(start, at))) this.refuse('NUMBER_RANGE', start);
  }

  private string(): void {
    const start = this.at;
    const plain = this.toClosingQuote();
    if (!this.keyNext || this.refusal !== undefined) return;
    this.keyNext = false;
    const raw = this.text.slice(start + 1, this.at - 1);
    const key = plain ? raw : String(JSON.parse(`"${raw}"`));
    const seen = this.keys[this.level];
    if (seen?.has(key)) this.refuse('DUPLICATE_KEY', start);
    seen?.add(key);
  }

  /** Leaves `at` behind the closing quote; says whether the string is written without escapes. */
  private toClosingQuote(): boolean {
    if (!this.plain) return this.toClosingQuoteSlowly();
    this.at = this.text.indexOf('"', this.at + 1) + 1;
    return true;
  }

  private toClosingQuoteSlowly(): boolean {
    let plain = true;
    let at = this.at + 1;
    for (let code = this.text.charCodeAt(at); code !== QUOTE; code = this.text.charCodeAt(at)) {
      if (code === BACKSLASH) plain = false;
      at = code === BACKSLASH ? this.escape(at) : this.surrogate(code, at, at + 1);
      if (this.refusal !== undefined) break;
    }
    this.at = at + 1;
    return plain;
  }

  private escape(at: number): number {
    if (this.text.charCodeAt(at + 1) !== LOWER_U) return at + 2;
    const code = Number.parseInt(this.text.slice(at + 2, at + 6), 16);
    if (code === 0) this.refuse('NUL_IN_TEXT', at);
    return this.surrogate(code, at, at + 6);
  }

  /** `next` is where the second half must stand if `code` is a first half; returns where to read on. */
  private surrogate(code: number, at: number, next: number): number {
    if (code < 0xd800 || code > 0xdfff) return next;
    const low = code < 0xdc00 ? this.lowHalf(next) : undefined;
    if (low === undefined) this.refuse('LONE_SURROGATE', at);
    return low ?? next;
  }

  private lowHalf(at: number): number | undefined {
    const escaped = this.text.charCodeAt(at) === BACKSLASH && this.text.charCodeAt(at + 1) === LOWER_U;
    const code = escaped ? Number.parseInt(this.text.slice(at + 2, at + 6), 16) : this.text.charCodeAt(at);
    if (code < 0xdc00 || code > 0xdfff || Number.isNaN(code)) return undefined;
    return escaped ? at + 6 : at + 1;
  }

  private refuse(code: Refusal['code'], at: number): void {
    this.refusal ??= { code, at };
  }
}

function isNumberPart(code: number): boolean {
  return (
    (code >= ZERO && code <= NINE) ||
    code === 0x2e ||
    code === 0x2b ||
    code === MINUS ||
    code === UPPER_E ||
    code === LOWER_E
  );
}

/** A whole number that no double holds would be stored, and digested, as another number than the one sent. */
function isFaithful(digits: string): boolean {
  const value = Number(digits);
  if (!Number.isFinite(value)) return false;
  return /[.eE]/.test(digits) || String(value) === digits || BigInt(value) === BigInt(digits);
}

/** The keys and indexes that lead to position `until` of a JSON text. Slow: for reports only. */
export function pathAt(text: string, until: number): (string | number)[] {
  const path: (string | number)[] = [];
  let at = 0;
  while (at <= until && at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = closingQuote(text, at);
      if (isKey(text, end)) path[path.length - 1] = String(JSON.parse(text.slice(at, end)));
      at = end;
      continue;
    }
    if (at < until) walk(code, path);
    at += 1;
  }
  return path;
}

function walk(code: number, path: (string | number)[]): void {
  const last = path.at(-1);
  if (code === OPEN_OBJECT) path.push('');
  else if (code === OPEN_LIST) path.push(0);
  else if (code === CLOSE_OBJECT || code === CLOSE_LIST) path.pop();
  else if (code === COMMA && typeof last === 'number') path[path.length - 1] = last + 1;
}

function closingQuote(text: string, start: number): number {
  let at = start + 1;
  while (text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at + 1;
}

function isKey(text: string, end: number): boolean {
  let at = end;
  while (text.charCodeAt(at) <= 0x20) at += 1;
  return text.charCodeAt(at) === COLON;
}
