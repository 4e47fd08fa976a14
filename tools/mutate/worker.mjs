// Asks mutants the kept questions until one is answered otherwise than it was. One job a message; the answer says what killed it.
import { parentPort, workerData } from 'node:worker_threads';
import { Hits } from './coverage.mjs';
import { mutated } from './mutants.mjs';
import { drawer } from './random.mjs';
import { readRulebook, readStored } from './rulebook.mjs';

/** How many of the questions that lately killed a mutant of a file, or concern its checks, are asked first. */
const REMEMBERED = 128;
const ASKED_OF_A_CHECK = 64;

const { seed, stored, isFirst } = workerData;
const rulebook = await readRulebook();
const { engine, kept, sameAnswer, cardBytes } = rulebook;

const questions = kept.flatMap(({ id, questions: asked }) => asked.map((question) => ({ id, question })));
const answers = questions.map(({ question }) => engine.decide(question));
const cards = cardBytes(engine);

/** Tells of a mutant which questions come to where it stands; of what is evaluated when a module is loaded, all are told. */
function cover() {
  const hits = new Hits(questions.length);
  const { telling, places } = rulebook.tellingEngine(hits);
  for (const [at, { question }] of questions.entries()) {
    hits.ask(at);
    telling.decide(question);
  }
  return ({ path, start, end }) => {
    const place = places.get(path).around(start, end);
    return (at) => place === undefined || hits.has(place, at);
  };
}

/** One question of each name first, then all of them in an order that mixes the kinds. */
function inOrder() {
  const draw = drawer(seed);
  const first = new Map(questions.map(({ id }, at) => [id, at]));
  const firsts = new Set(first.values());
  return [...draw.shuffled([...firsts]), ...draw.shuffled([...questions.keys()].filter((at) => !firsts.has(at)))];
}

/** The questions on which a check has something to say, by its id. */
function spokenOf() {
  const spoken = new Map(engine.CHECKS.map(({ id }) => [id, []]));
  for (const at of order)
    for (const { check } of answers[at].findings)
      if (spoken.get(check).length < ASKED_OF_A_CHECK) spoken.get(check).push(at);
  return spoken;
}

const order = inOrder();
const coverOf = cover();
const spoken = spokenOf();
const killers = new Map();

/** Those of the checks that a file declares. */
function concerned(path) {
  const declared = [...rulebook.textOf(path).matchAll(/\bid: '([\w-]+)'/g)];
  return [...new Set(declared.flatMap(([, id]) => spoken.get(id) ?? []))];
}

function killerOf(mutant) {
  const { path } = mutant;
  let changed;
  try {
    changed = rulebook.engineWith(path, mutated(rulebook.textOf(path), mutant));
    for (const [id, bytes] of cardBytes(changed)) if (cards.get(id) !== bytes) return id;
  } catch {
    return 'it does not load';
  }
  return firstChanged(changed, path, coverOf(mutant));
}

function firstChanged(changed, path, comesTo) {
  const lately = killers.get(path) ?? concerned(path);
  const others = (at) => !comesTo(at);
  for (const at of asked([lately, comesTo], [order, comesTo], [order, others])) {
    if (!isAnsweredOtherwise(changed, at)) continue;
    killers.set(path, [at, ...lately.filter((one) => one !== at)].slice(0, REMEMBERED));
    return questions[at].id;
  }
  return undefined;
}

function* asked(...lists) {
  for (const [list, isWanted] of lists) for (const at of list) if (isWanted(at)) yield at;
}

function isAnsweredOtherwise(changed, at) {
  try {
    return !sameAnswer(changed.decide(questions[at].question), answers[at]);
  } catch {
    return true;
  }
}

if (isFirst) {
  const { changed, unlike } = rulebook.departure(readStored(stored), rulebook.answersOf(engine, kept));
  parentPort.postMessage({ departed: [...changed, ...unlike] });
}
parentPort.on('message', ({ mutant }) => parentPort.postMessage({ killer: killerOf(mutant) }));
parentPort.postMessage({ ready: true });
