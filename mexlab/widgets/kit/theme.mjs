// The widget that brings theme.css: a page is dark or light from its first widget on.

import { mxTheme } from "./theme_choice.mjs";

function initialize() {
  mxTheme.apply();
}

export default { initialize };
