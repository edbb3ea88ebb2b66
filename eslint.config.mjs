// What eslint finds wrong in the widgets' scripts and their tests. Layout is prettier's alone; a circle
// of imports or a name that is not exported is refused by mexlab/widgets/modules.py already.
import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: [".venv/**", "**/node_modules/**", "build/**", "dist/**"] },
  js.configs.recommended,
  {
    files: ["mexlab/widgets/**/*.mjs"],
    languageOptions: { globals: { ...globals.browser, MX_PAGE: "readonly" } },
    rules: {
      "no-unused-vars": "error",
      "prefer-const": "error",
      eqeqeq: "error",
      "no-implicit-globals": "error",
      "no-shadow": ["error", { builtinGlobals: false, hoist: "functions" }],
      "max-lines-per-function": ["error", { max: 100, skipComments: true, skipBlankLines: true }],
    },
  },
  {
    // Longer than that for now; the list only gets shorter.
    files: [
      "mexlab/widgets/flow/flow_settings_form.mjs",
      "mexlab/widgets/home/home_view.mjs",
      "mexlab/widgets/kit/liveness.mjs",
      "mexlab/widgets/kit/plotly_view.mjs",
      "mexlab/widgets/results/ablation_view.mjs",
      "mexlab/widgets/results/cell_clips.mjs",
      "mexlab/widgets/results/confusion_matrix.mjs",
      "mexlab/widgets/results/run_header.mjs",
      "mexlab/widgets/results/subject_strip.mjs",
      "mexlab/widgets/shell/top_bar.mjs",
      "mexlab/widgets/training/run_monitor.mjs",
      "mexlab/widgets/training/train_form.mjs",
    ],
    rules: { "max-lines-per-function": "off" },
  },
  {
    files: ["tests/js/**/*.mjs"],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
  },
  { files: ["tests/ui/**/*.js"], languageOptions: { globals: globals.browser } },
];
