/** `npm run licenses`: lists the licenses of the packages that run in production, and fails if one is not allowed. */
import { shippedSbom } from './sbom.ts';
import type { Component } from './shipped.ts';

/** Licenses that require no more than the notices that the bundle includes (index.js.LEGAL.txt). */
const allowed = new Set([
  'MIT',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  '0BSD',
  'BlueOak-1.0.0',
  // Data lists (spdx-exceptions, spdx-license-ids): they only require attribution.
  'CC-BY-3.0',
  'CC0-1.0',
]);

/** Licenses taken from the LICENSE file of packages whose package.json has no license that npm understands. */
const readByHand: Record<string, string> = { 'url-template@2.0.8': 'BSD-3-Clause' };

/** The license of a component, and whether it is allowed. A choice (`A OR B`) is allowed if one alternative is. */
export function licenseOf(component: Component): { text: string; allowed: boolean } {
  const named = (component.licenses ?? [])
    .map(({ license, expression }) => expression ?? license?.id ?? license?.name ?? '')
    .join(' AND ');
  const text = named || (readByHand[component['bom-ref']] ?? '');
  const choices = text.replace(/^\((.*)\)$/, '$1').split(' OR ');
  const isAllowed =
    text !== '' && choices.some((choice) => choice.split(' AND ').every((id) => allowed.has(id)));
  return { text: text || 'no license', allowed: isAllowed };
}

if (process.argv[1] === import.meta.filename) {
  const { components } = await shippedSbom();
  const rows = components.map((component) => ({ component, ...licenseOf(component) }));
  for (const { component, text } of rows.sort(
    (a, b) => a.text.localeCompare(b.text) || a.component.name.localeCompare(b.component.name),
  ))
    console.log(`${text.padEnd(24)} ${component.name}@${component.version}`);
  const refused = rows.filter((row) => !row.allowed);
  console.log(
    `\n${rows.length} packages run in production; ${refused.length} have a license that is not allowed`,
  );
  if (refused.length > 0) process.exitCode = 1;
}
