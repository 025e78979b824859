/** `npm run --silent sbom > sbom.json`: prints the bill of materials of what runs in production (CycloneDX 1.5). */
import { readSbom, type Sbom, shippedPackages } from './shipped.ts';

/** The bill of materials without packages used only in development. Each component says how it gets to production. */
export async function shippedSbom(): Promise<Sbom> {
  const whole = await readSbom();
  const shipped = await shippedPackages(whole);
  const known = new Set(whole.components.map((component) => component['bom-ref']));
  const unknown = [...shipped.keys()].filter((ref) => !known.has(ref));
  // A package that is in the bundle but not in the lockfile has an unknown origin.
  if (unknown.length > 0)
    throw new Error(`Packages are bundled but not in the lockfile: ${unknown.join(', ')}`);
  const own = whole.metadata.component['bom-ref'];
  const isKept = (ref: string) => ref === own || shipped.has(ref);
  return {
    ...whole,
    components: whole.components
      .filter((component) => shipped.has(component['bom-ref']))
      .map((component) => ({
        ...component,
        properties: [
          ...(component.properties ?? []),
          { name: 'drive-catalog-sync:way', value: shipped.get(component['bom-ref']) ?? '' },
        ],
      })),
    dependencies: whole.dependencies
      .filter(({ ref }) => isKept(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: (dependsOn ?? []).filter(isKept) })),
  };
}

if (process.argv[1] === import.meta.filename) console.log(JSON.stringify(await shippedSbom(), undefined, 2));
