/** The page that the browser shows after the redirect. */

/** Returns a small page without scripts, external styles, or anything from the request. */
export function page(title: string, text: string): string {
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${title}</title>
<body style="font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 15vh auto; padding: 0 1rem">
<h1>${title}</h1><p>${text}</p></body></html>
`;
}
