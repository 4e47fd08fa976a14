// Which questions come to which statement: those are asked first of a mutant that stands there.
import ts from 'typescript';

/** What a place calls when it is come to, with its number. */
export const HIT = '__hit';

/** The places of one module that tell when they are come to. */
export class Places {
  #found = [];
  #next;

  /** `next` gives numbers. */
  constructor(next) {
    this.#next = next;
  }

  add(start, end) {
    const number = this.#next();
    this.#found.push({ start, end, number });
    return number;
  }

  /** The innermost around a piece of the text; `undefined`: it is evaluated when the module is loaded. */
  around(start, end) {
    const around = this.#found.filter((place) => place.start <= start && end <= place.end);
    return around.sort((a, b) => b.start - a.start || a.end - b.end)[0]?.number;
  }
}

/** A transformer that has every statement within a function, and every expression that is one's body, tell that it is come to. */
export function withHits(places) {
  return (context) => (file) => new Teller(file, places, context).told();
}

class Teller {
  #file;
  #places;
  #context;

  constructor(file, places, context) {
    this.#file = file;
    this.#places = places;
    this.#context = context;
  }

  told() {
    return ts.visitEachChild(this.#file, this.#within, this.#context);
  }

  #within = (node) => {
    const { factory } = this.#context;
    if (ts.isBlock(node)) return factory.updateBlock(node, this.#telling(node.statements));
    const inner = ts.visitEachChild(node, this.#within, this.#context);
    if (ts.isIfStatement(node)) return this.#branches(node, inner);
    if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) return this.#arrow(node, inner);
    return inner;
  };

  /** A statement without braces tells too. */
  #branches(node, inner) {
    const { factory } = this.#context;
    const branch = (before, after) =>
      before === undefined || ts.isBlock(before) ? after : factory.createBlock([this.#tell(before), after], true);
    return factory.updateIfStatement(
      inner,
      inner.expression,
      branch(node.thenStatement, inner.thenStatement),
      branch(node.elseStatement, inner.elseStatement),
    );
  }

  #arrow(node, inner) {
    const { factory } = this.#context;
    const body = factory.createComma(this.#call(node.body), inner.body);
    return factory.updateArrowFunction(
      inner,
      inner.modifiers,
      inner.typeParameters,
      inner.parameters,
      inner.type,
      inner.equalsGreaterThanToken,
      factory.createParenthesizedExpression(body),
    );
  }

  #telling(statements) {
    return statements.flatMap((one) => [this.#tell(one), ts.visitNode(one, this.#within)]);
  }

  #tell(node) {
    return this.#context.factory.createExpressionStatement(this.#call(node));
  }

  #call(node) {
    const { factory } = this.#context;
    const number = factory.createNumericLiteral(this.#places.add(node.getStart(this.#file), node.end));
    return factory.createCallExpression(factory.createIdentifier(HIT), undefined, [number]);
  }
}

/** For each number the questions that came to it, as bits. What was worked out once and kept is come to once. */
export class Hits {
  #bits = [];
  #words;
  #question;

  constructor(questions) {
    this.#words = Math.ceil(questions / 32);
  }

  /** The question that is asked from now on. */
  ask(question) {
    this.#question = question;
  }

  hit = (number) => {
    if (this.#question === undefined) return;
    this.#bits[number] ??= new Uint32Array(this.#words);
    this.#bits[number][this.#question >>> 5] |= 1 << (this.#question & 31);
  };

  has(number, question) {
    return ((this.#bits[number]?.[question >>> 5] ?? 0) & (1 << (question & 31))) !== 0;
  }
}
