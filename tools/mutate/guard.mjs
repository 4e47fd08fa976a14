// When stored answers are to be kept, and when they may be written over.

/** Where the rulebook departs from what is stored, and what to do about it; no `advice`: nowhere. */
export function difference(stored, now, departure) {
  const { changed, unlike } = departure(stored, now);
  return { changed, unlike, advice: adviceOn(changed, unlike, stored, now) };
}

function adviceOn(changed, unlike, stored, now) {
  const isSameVersion = stored.rulebook === now.rulebook;
  if (changed.length > 0 && isSameVersion) return 'bump RULEBOOK or undo';
  if (isSameVersion && unlike.length === 0) return undefined;
  return `stored are the answers of rulebook ${stored.rulebook}, this is ${now.rulebook}: node tools/rulebook-guard.mjs --write`;
}

/** What was given out under this very version and is answered otherwise now. */
export function givenOutOtherwise(released, now, departure) {
  return released?.rulebook === now.rulebook ? departure(released, now).changed : [];
}
