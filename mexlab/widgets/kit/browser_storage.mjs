// Where a browser keeps what must outlive a page; it may be forbidden.

/**
 * What was chosen in the player before, where it is still one of those allowed.
 * @param {string} name
 * @param {string[]} allowed
 */
export function mxStoredChoice(name, allowed) {
  try {
    const value = window.localStorage.getItem(`mexlab:player:${name}`);
    return value !== null && allowed.includes(value) ? value : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @param {string} value
 */
export function mxStoreChoice(name, value) {
  try {
    window.localStorage.setItem(`mexlab:player:${name}`, value);
  } catch {
    // A browser without storage keeps the choice until the page is closed.
  }
}

/**
 * @param {"localStorage" | "sessionStorage"} name
 * @returns {Storage | null}
 */
export function mxBrowserStorage(name) {
  try {
    return window[name];
  } catch {
    return null;
  }
}

/** A name of this browser tab that a reload keeps. */
export function mxTabName() {
  const storage = mxBrowserStorage("sessionStorage");
  let name = storage && storage.getItem("mexlab:tab");
  if (!name) {
    name = Math.random().toString(36).slice(2, 10);
    if (storage) storage.setItem("mexlab:tab", name);
  }
  return name;
}
