/** Who may import whom: the house rules of docs/architecture.md, held by a machine. */
const natives = '^node_modules/(better-sqlite3|sqlite-vec|node-llama-cpp|onnxruntime-node)';
const rule = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to });

module.exports = {
  forbidden: [
    rule('no-circular', 'Data flows one way.', {}, { circular: true }),
    rule(
      'lib-is-pure',
      'lib knows only contract.',
      { path: '^server/lib/' },
      { path: '^(server/(?!lib/|contract/)|node_modules/|scripts/)' },
    ),
    rule(
      'contract-knows-zod',
      'contract knows only zod.',
      { path: '^server/contract/' },
      { path: '^(server/(?!contract/)|scripts/|node_modules/(?!zod))' },
    ),
    rule(
      'engine-never-looks-up',
      'The engine serves desks; it does not know them.',
      { path: '^server/engine/' },
      { path: '^(scripts/|server/(?!engine/|lib/|contract/))' },
    ),
    rule(
      'desks-never-import-desks',
      'A rule two desks need moves down into the engine.',
      { path: '^server/desks/([^/]+)/' },
      { path: '^server/desks/', pathNot: '^server/desks/$1/' },
    ),
    rule(
      'desks-and-office-look-down',
      'Desks know the engine, http, lib and contract.',
      { path: '^server/(desks|office)/' },
      { path: '^(scripts/|server/(app|main|cli|config|commands|web|test)(\\.|/))' },
    ),
    rule(
      'routes-alone-speak-http',
      'Only routes.ts and http/ know Express.',
      { path: '^server/', pathNot: '(/routes\\.ts$|^server/http/|^server/app\\.ts$|^server/test/)' },
      { path: '^node_modules/(@types/)?(express|helmet|express-rate-limit)' },
    ),
    rule(
      'http-knows-no-desk',
      'http is the door, not the desk behind it.',
      { path: '^server/http/' },
      { path: '^server/(desks|office|app|main|cli)' },
    ),
    rule(
      'natives-in-engine-only',
      'Native packages are imported in engine/ only.',
      { path: '^(server|scripts)/', pathNot: '^(server/engine/|server/test/|scripts/bench/)' },
      { path: natives },
    ),
    rule(
      'main-is-thin',
      'main opens the engine and the app, nothing else.',
      { path: '^server/main\\.ts$' },
      {
        path: '^server/',
        pathNot: '^server/(app|config|engine/open|engine/telemetry/[^/]+|http/listen)\\.ts$',
      },
    ),
    rule(
      'web-knows-contract',
      'The page knows the contract and itself.',
      { path: '^server/web/' },
      { path: '^server/(?!web/|contract/)' },
    ),
    rule(
      'product-does-not-import-tests',
      'Nothing that ships imports a test.',
      { path: '^server/', pathNot: '^server/test/' },
      { path: '^server/test/' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|server/web/dist)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js'] },
  },
};
