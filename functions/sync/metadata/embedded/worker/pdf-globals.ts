/**
 * What pdf.js looks for when it is loaded, and would otherwise look for in a native canvas that nobody installs in
 * the function. It is for drawing pages; no page is drawn here.
 */
class Nothing {}

for (const name of ['DOMMatrix', 'ImageData', 'Path2D']) {
  if (!(name in globalThis)) Object.assign(globalThis, { [name]: Nothing });
}

export {};
