import { Router } from 'express';
import type { OpenApiDocument, Operation, Schema } from './openapi.js';

/**
 * The API as pages a person can read: `/openapi.json` for programs and `/docs` for people, made from the same document
 * and without a script, so that the strict content policy holds (docs/adr/0002 says why no ready-made viewer).
 */
export function apiDocs(document: OpenApiDocument): { json: Router; page: Router } {
  const json = Router();
  json.get('/', (_req, res) => {
    res.json(document);
  });
  const page = Router();
  const html = renderDocs(document);
  page.get('/', (_req, res) => {
    res.type('html').send(html);
  });
  page.get('/style.css', (_req, res) => {
    res.type('css').send(style);
  });
  return { json, page };
}

/** The whole document as one HTML page, each operation under an anchor of its own. */
export function renderDocs(document: OpenApiDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const index = operations
    .map(
      ({ path, method, operation }) =>
        `<li><a href="#${anchor(method, path)}"><code>${method.toUpperCase()} ${escape(path)}</code></a> ${escape(operation.summary)}</li>`,
    )
    .join('\n');
  const bodies = operations
    .map(({ path, method, operation }) => renderOperation(method, path, operation))
    .join('\n');
  const schemas = Object.entries(document.components.schemas)
    .map(
      ([name, schema]) =>
        `<section id="schema-${escape(name)}"><h3>${escape(name)}</h3>${renderSchema(schema)}</section>`,
    )
    .join('\n');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(document.info.title)}</title><link rel="stylesheet" href="/docs/style.css"></head>
<body><header><h1>${escape(document.info.title)}</h1><p>${escape(document.info.description)}</p>
<p>Version ${escape(document.info.version)}. For programs: <a href="/api/v1/openapi.json">openapi.json</a>.</p></header>
<nav aria-label="Operations"><ul>${index}</ul></nav><main>${bodies}<h2>Schemas</h2>${schemas}</main></body></html>`;
}

function renderOperation(method: string, path: string, operation: Operation): string {
  const parameters = operation.parameters ?? [];
  const rows = parameters
    .map(
      (p) =>
        `<tr><td><code>${escape(p.name)}</code></td><td>${p.in}${p.required ? ', required' : ''}</td><td>${typeOf(p.schema)}</td><td>${escape(p.schema.description ?? '')}</td></tr>`,
    )
    .join('');
  const table =
    rows === ''
      ? ''
      : `<h3>Parameters</h3><table><thead><tr><th>Name</th><th>In</th><th>Type</th><th>Meaning</th></tr></thead><tbody>${rows}</tbody></table>`;
  const body = operation.requestBody
    ? `<h3>Body</h3>${Object.entries(operation.requestBody.content)
        .map(
          ([type, content]) =>
            `<p><code>${escape(type)}</code></p>${content.schema ? renderSchema(content.schema) : ''}`,
        )
        .join('')}`
    : '';
  const answers = Object.entries(operation.responses)
    .map(([status, response]) => {
      const types = Object.entries(response.content ?? {}).map(
        ([type, content]) => `<code>${escape(type)}</code> ${content.schema ? typeOf(content.schema) : ''}`,
      );
      return `<tr><td>${escape(status)}</td><td>${escape(response.description)}</td><td>${types.join('<br>')}</td></tr>`;
    })
    .join('');
  const description = operation.description ? `<p>${escape(operation.description)}</p>` : '';

  return `<section id="${anchor(method, path)}"><h2><code>${method.toUpperCase()} ${escape(path)}</code></h2><p>${escape(operation.summary)}</p>${description}${table}${body}<h3>Answers</h3><table><tbody>${answers}</tbody></table></section>`;
}

function renderSchema(schema: Schema): string {
  if (schema.$ref) return `<p>${typeOf(schema)}</p>`;
  const required = new Set(schema.required ?? []);
  const rows = Object.entries(schema.properties ?? {}).map(
    ([name, property]) =>
      `<tr><td><code>${escape(name)}</code>${required.has(name) ? '' : ' <small>optional</small>'}</td><td>${typeOf(property)}</td><td>${escape(property.description ?? '')}</td></tr>`,
  );
  const description = schema.description ? `<p>${escape(schema.description)}</p>` : '';
  return (
    description +
    (rows.length > 0 ? `<table><tbody>${rows.join('')}</tbody></table>` : `<p>${typeOf(schema)}</p>`)
  );
}

function typeOf(schema: Schema): string {
  if (schema.$ref) {
    const name = schema.$ref.replace(/^.*\//, '');
    return `<a href="#schema-${escape(name)}">${escape(name)}</a>`;
  }
  if (schema.enum) return schema.enum.map((v) => `<code>${escape(JSON.stringify(v))}</code>`).join(' | ');
  if (schema.const !== undefined) return `<code>${escape(JSON.stringify(schema.const))}</code>`;
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants) return variants.map(typeOf).join(' or ');
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}`;
  if (schema.type === 'object' && schema.properties) {
    return `{ ${Object.entries(schema.properties)
      .map(([k, v]) => `${escape(k)}: ${typeOf(v)}`)
      .join(', ')} }`;
  }
  return escape([schema.type ?? 'anything', schema.format ? `(${schema.format})` : ''].join(' ').trim());
}

function anchor(method: string, path: string): string {
  return `${method}${path.replace(/[^a-z0-9]+/gi, '-')}`;
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c);
}

const style = `
:root { color-scheme: light dark; --paper: #faf6ee; --ink: #2a2520; --rule: #d9cfbd; --accent: #1f5a41; }
@media (prefers-color-scheme: dark) { :root { --paper: #1d1a17; --ink: #ece4d6; --rule: #4a423a; --accent: #8fc7a9; } }
body { margin: 0 auto; max-width: 70rem; padding: 2rem 1.25rem 6rem; background: var(--paper); color: var(--ink); font: 1rem/1.55 Georgia, serif; }
a { color: var(--accent); } h1 { font-weight: 500; } code { font-family: ui-monospace, monospace; font-size: .9em; }
nav ul { list-style: none; padding: 0; columns: 22rem; } section { border-top: 1px solid var(--rule); padding: 1rem 0; overflow-x: auto; }
h2 { font-size: 1.15rem; } h3 { font-size: 1rem; } table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--rule); } small { opacity: .75; }
`;
