// What a page shows stands in its address, so that a reload or a copied link comes back here.

/**
 * Put clip and frame into the address.
 * @param {string} clip
 * @param {number} frame
 */
export function mxKeepAddress(clip, frame) {
  mxKeepWords({ clip, frame: String(frame) });
}

/**
 * Put one more word of a page's address into it, or take it out where the value is empty.
 * @param {string} name
 * @param {string | null} value
 */
export function mxKeepQuery(name, value) {
  mxKeepWords({ [name]: value });
}

/** @param {Record<string, string | null>} words */
function mxKeepWords(words) {
  const address = new URL(window.location.href);
  for (const [name, value] of Object.entries(words)) {
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
  }
  // Slashes of a clip's name are allowed in a query and make the link readable.
  const query = address.search.replaceAll("%2F", "/");
  const place = `${address.pathname}${query}${address.hash}`;
  try {
    window.history.replaceState(window.history.state, "", place);
  } catch {
    // Browsers limit how often the address may change; the next change will carry it.
  }
}
