/**
 * Keeps the place that a link leads to in view while the page around it takes its shape: a theme that swaps pages goes
 * there before our elements have theirs. Not for readers who go back: the theme leads them to where they were. What
 * history.state says of that cannot be relied on. Material notes where the reader is a tenth of a second after they
 * moved, and the address may be the link's by then; it also takes that note for the place to go to.
 */

const ACTS = ["wheel", "touchmove", "keydown", "pointerdown"];

/** Until the reader moves on, or for half a minute. Raises URIError for a name that cannot be decoded. */
export function stay() {
  const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!place) return;
  const sized = new ResizeObserver(() => place.scrollIntoView());
  const leave = () => {
    sized.disconnect();
    for (const act of ACTS) removeEventListener(act, leave, true);
  };
  sized.observe(document.body);
  for (const act of ACTS) addEventListener(act, leave, true);
  setTimeout(leave, 30_000);
}
