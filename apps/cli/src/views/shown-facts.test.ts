import { expect, test } from 'vitest';
import { shownFact } from './shown-facts.js';

test.each([
  [null, 'not known'],
  [false, 'false'],
  ['normal-nc', 'normal-nc'],
  [[], 'none'],
  [['0x410fd490', '0x414fd0c1'], '0x410fd490, 0x414fd0c1'],
  [{ field: 'DIT', guest: 1, host: null }, 'field DIT guest 1 host not known'],
  [
    [
      { field: 'DIT', guest: 1 },
      { field: 'RAS', guest: 2 },
    ],
    'field DIT guest 1; field RAS guest 2',
  ],
])('%j reads %j', (value, words) => {
  expect(shownFact(value)).toBe(words);
});
