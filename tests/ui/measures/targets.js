// What can be pressed and is smaller than 24 by 24 CSS pixels. Links within a sentence and the bars of
// single people, of which there may be a hundred in a row, are exempt, as in WCAG 2.5.8.
() => {
  const pressed = 'button, a[href], input, select, textarea, summary, [role=button], [role=option], [tabindex="0"]';
  const found = new Set();
  for (const element of document.querySelectorAll(`.mexlab-page :is(${pressed})`)) {
    if (!element.checkVisibility() || getComputedStyle(element).visibility !== 'visible') continue;
    if (element.matches('.mx-subject') || element.closest('.js-plotly-plot')) continue;
    if (element.matches('a') && element.closest('p, td, th, small, .mx-also')) continue;
    const hit = element.matches('[type=checkbox], [type=radio]') ? element.closest('label') ?? element : element;
    const inner = hit.querySelector?.('.mx-mark-area') ?? hit;
    const { width, height } = inner.getBoundingClientRect();
    if (!width || !height) continue;
    if (width >= 23.5 && height >= 23.5) continue;
    const name = `${element.tagName.toLowerCase()}.${element.getAttribute('class') || ''}`;
    found.add(`${width.toFixed(0)}x${height.toFixed(0)} ${name} ${element.dataset?.testid ?? ''} “${(element.textContent || '').slice(0, 20)}”`);
  }
  return [...found];
}
