/** Put clip and frame into the address, so that a reload or a copied link comes back here. */
export function mxKeepAddress(clip, frame) {
  const address = new URL(window.location.href);
  address.searchParams.set("clip", clip);
  address.searchParams.set("frame", String(frame));
  // Slashes of a clip's name are allowed in a query and make the link readable.
  const query = address.search.replaceAll("%2F", "/");
  try {
    window.history.replaceState(
      window.history.state,
      "",
      `${address.pathname}${query}${address.hash}`,
    );
  } catch {
    // Browsers limit how often the address may change; the next change will carry it.
  }
}

/** Put one more word of a page's address into it, or take it out where the value is empty. */
export function mxKeepQuery(name, value) {
  const address = new URL(window.location.href);
  if (value) address.searchParams.set(name, value);
  else address.searchParams.delete(name);
  const query = address.search.replaceAll("%2F", "/");
  try {
    window.history.replaceState(
      window.history.state,
      "",
      `${address.pathname}${query}${address.hash}`,
    );
  } catch {
    // As above.
  }
}
