// Of a run's matrices: the least side of a cell, the least size of its text, how many texts are cut by
// their cell, which names of rows and columns by their place, and which matrices reach below the window.
() => {
  const foot = document.querySelector('.mx-foot-bar').getBoundingClientRect().top;
  const cells = [...document.querySelectorAll('.mx-results-top .mx-cell')];
  const texts = cells.flatMap((cell) => [...cell.children]);
  const inside = (outer, inner) => inner.left >= outer.left - 0.5 && inner.right <= outer.right + 0.5
    && inner.top >= outer.top - 0.5 && inner.bottom <= outer.bottom + 0.5;
  const cut = (text) => !inside(text.parentElement.getBoundingClientRect(), text.getBoundingClientRect());
  return {
    side: Math.min(...cells.map((cell) => cell.getBoundingClientRect().width)),
    text: Math.min(...texts.map((text) => parseFloat(getComputedStyle(text).fontSize))),
    cut: texts.filter(cut).length,
    names: [...document.querySelectorAll('.mx-results-top .mx-axis')]
      .filter((name) => name.scrollWidth > name.clientWidth || name.scrollHeight > name.clientHeight)
      .map((name) => name.textContent),
    below: [...document.querySelectorAll('.mx-results-top .mx-matrix')]
      .filter((matrix) => matrix.getBoundingClientRect().bottom > foot)
      .map((matrix) => matrix.dataset.testid),
    scrolled: document.querySelector('.mx-column-centre').scrollTop,
  };
}
