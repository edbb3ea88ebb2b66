// Where the parts of a page's frame stand, what Jupyter drew into it, and how many alarms are in sight.
() => {
  const box = (selector) => {
    const element = document.querySelector(selector);
    if (!element || !element.checkVisibility()) return null;
    const { left, right, top, bottom } = element.getBoundingClientRect();
    return [left, right, top, bottom].map(Math.floor);
  };
  const marked = [...document.querySelectorAll('.mexlab-page, .mexlab-page *')];
  return {
    left: box('.mx-column-left'), centre: box('.mx-column-centre'), right: box('.mx-column-right'),
    foot: box('.mx-foot-bar'), top: box('.mx-top-row'), head: box('.mx-top-slot'), banner: box('.mx-banner'),
    disconnected: document.querySelectorAll('.jupyter-widgets-disconnected').length,
    icons: marked.filter((one) => getComputedStyle(one, '::before').content.includes('\uf127')).length,
    alarms: [...document.querySelectorAll('[role=alert]')].filter((one) => one.checkVisibility() && one.textContent).length,
    broken: document.querySelectorAll('.jupyter-widgets-error-widget').length,
  };
}
