/** Style that only some pages need. */

import { make } from "./dom.js";

/** Without it everything is still usable: a style sheet that is late or lost is not waited for. @param {string} name */
export function styled(name) {
  const href = new URL(name, import.meta.url).href;
  if (document.querySelector(`link[href="${href}"]`)) return;
  const link = /** @type {HTMLLinkElement} */ (make("link", { rel: "stylesheet", href }));
  document.head.append(link);
  return new Promise((done) => {
    link.onload = link.onerror = done;
    setTimeout(done, 1000);
  });
}
