/**
 * Koha's `permissions` objects as its administrators read them: `{circulate: "x"}` is "circulate: x", a value of 1 is the
 * whole module, an array is a choice. Undefined when there is nothing to say.
 */
export function permissionWords(permissions: unknown): string | undefined {
  if (typeof permissions === 'string' && permissions !== '') return permissions;
  if (Array.isArray(permissions)) {
    return (
      permissions
        .map(permissionWords)
        .filter((words) => words !== undefined)
        .join(' or ') || undefined
    );
  }
  if (typeof permissions !== 'object' || permissions === null) return undefined;
  const words = Object.entries(permissions).map(([module, part]: [string, unknown]) => {
    if (part === 1 || part === '1' || part === true) return module;
    if (typeof part === 'object' && part !== null && !Array.isArray(part))
      return `${module}: ${Object.keys(part).join(', ')}`;
    return `${module}: ${permissionWords(part) ?? '*'}`;
  });
  return words.join(' and ') || undefined;
}
