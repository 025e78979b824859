/**
 * Stubs for globals that pdf.js looks for when it loads. Without them it would look for a native canvas module, which
 * is not installed in the function. They are only needed to draw pages, and no page is drawn here.
 */
class Nothing {}

for (const name of ['DOMMatrix', 'ImageData', 'Path2D']) {
  if (!(name in globalThis)) Object.assign(globalThis, { [name]: Nothing });
}

export {};
