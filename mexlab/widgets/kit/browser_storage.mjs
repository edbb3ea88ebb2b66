// Where a browser keeps what must outlive a page; it may be forbidden.

function mxBrowserStorage(name) {
  try {
    return window[name];
  } catch {
    return null;
  }
}

/** A name of this browser tab that a reload keeps. */
function mxTabName() {
  const storage = mxBrowserStorage("sessionStorage");
  let name = storage && storage.getItem("mexlab:tab");
  if (!name) {
    name = Math.random().toString(36).slice(2, 10);
    if (storage) storage.setItem("mexlab:tab", name);
  }
  return name;
}
