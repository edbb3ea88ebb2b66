// What the scripts find on a page without importing it.

/** Names the page that a kernel draws; put before every widget's module by base.py. */
declare const MX_PAGE: string;

interface Window {
  /** The buses of this window's pages, by name. */
  __mexlabBuses?: Map<string, MxBus>;
  /** plotly.min.js, once a figure has fetched it. */
  Plotly?: any;
  mexlabPlotly?: Promise<any> | null;
}

/** A bus, and the lasting facts that were published on it. */
interface MxBus extends EventTarget {
  mxFacts?: Map<string, any>;
}

/** The traits of a widget as the browser sees them, and the channel to its Python side. */
interface MxModel {
  get(trait: string): any;
  set(trait: string, value: unknown): void;
  save_changes(): void;
  on(events: string, listener: (...given: any[]) => void): void;
  off(events: string, listener: (...given: any[]) => void): void;
  send(content: object, callbacks?: unknown, buffers?: ArrayBuffer[] | ArrayBufferView[]): void;
}

/** What anywidget hands to a widget's render; what it returns ends the widget. */
interface MxRender {
  model: MxModel;
  el: HTMLElement;
}

// What is found by a selector is an HTML element on our pages.
interface ParentNode {
  querySelector<K extends keyof HTMLElementTagNameMap>(
    selectors: K,
  ): HTMLElementTagNameMap[K] | null;
  querySelector(selectors: string): HTMLElement | null;
  querySelectorAll<K extends keyof HTMLElementTagNameMap>(
    selectors: K,
  ): NodeListOf<HTMLElementTagNameMap[K]>;
  querySelectorAll(selectors: string): NodeListOf<HTMLElement>;
}
