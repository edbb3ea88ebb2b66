// What sticks out of the window or its column sideways, or makes the document scroll.
() => {
  const found = [];
  const root = document.documentElement;
  const page = document.querySelector('.mexlab-page').getBoundingClientRect();
  if (root.scrollWidth > innerWidth || root.scrollHeight > innerHeight) found.push('the document scrolls');
  if (page.width !== innerWidth || page.height !== innerHeight) found.push(`page ${page.width}x${page.height}`);
  const scrolls = (element) => {
    for (let at = element.parentElement; at; at = at.parentElement) {
      if (['auto', 'scroll'].includes(getComputedStyle(at).overflowX) && at.scrollWidth > at.clientWidth
        && !at.matches('.mx-column')) return true;
    }
    return false;
  };
  const parts = '.mx-top-row > *, .mx-column, .mx-foot-bar, button, input, select, textarea, .mx-pane, h3, .mx-matrix';
  for (const element of document.querySelectorAll(`.mexlab-page :is(${parts})`)) {
    if (!element.checkVisibility()) continue;
    const column = element.closest('.mx-column')?.getBoundingClientRect() ?? page;
    const box = element.getBoundingClientRect();
    if (!box.width || (box.left >= column.left - 1 && box.right <= column.right + 1) || scrolls(element)) continue;
    found.push(`${element.tagName.toLowerCase()}.${element.getAttribute('class') || ''} ${element.dataset.testid ?? ''} ${box.left.toFixed(0)}…${box.right.toFixed(0)} of ${column.left.toFixed(0)}…${column.right.toFixed(0)}`);
  }
  // At the foot an entry is there whole or not at all.
  for (const keys of document.querySelectorAll('.mx-foot-keys')) {
    const line = keys.getBoundingClientRect();
    for (const entry of keys.children) {
      const box = entry.getBoundingClientRect();
      if (box.top < line.bottom - 1 && box.right > line.right + 1) found.push(`cut at the foot: ${entry.textContent}`);
    }
  }
  return found;
}
