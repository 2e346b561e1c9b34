import { join } from 'node:path';
import express, { type Express } from 'express';
import type { Logger } from 'pino';
import type { Config } from './config.js';
import { accountRoutes, namedAccountSchemas } from './contract/account.js';
import { officeRoutes } from './contract/office.js';
import { discoveryRoutes, namedSchemas } from './contract/routes.js';
import { createAccountDesk } from './desks/account/account.js';
import { createAccountRoutes } from './desks/account/routes.js';
import { readAccountSentences } from './desks/account/sentences.js';
import type { Conversation } from './desks/discovery/conversation.js';
import { createDiscovery } from './desks/discovery/discovery.js';
import { readFollowups } from './desks/discovery/followups.js';
import { readPrompts, systemPromptsOf } from './desks/discovery/model/prompts.js';
import { readSpeech } from './desks/discovery/model/speech.js';
import { readPhrases } from './desks/discovery/phrases.js';
import { readPolicy } from './desks/discovery/policy.js';
import { createDiscoveryRoutes } from './desks/discovery/routes.js';
import type { Engine } from './engine/open.js';
import { createConversations } from './engine/sessions/conversations.js';
import { attemptLimits } from './engine/sessions/patron-attempts.js';
import { createVisits } from './engine/sessions/visits.js';
import { apiDocs } from './http/api-docs.js';
import { requestLimit, sameSiteWrites, securityHeaders, staffOnly } from './http/guards.js';
import { healthRoutes } from './http/health.js';
import { openApiDocument } from './http/openapi.js';
import { patronAddressed } from './http/patron-address.js';
import { createPatronDoor } from './http/patron-door.js';
import { nothingHere, sendProblems } from './http/problems.js';
import { requestLog } from './http/request-log.js';
import { anonymousSession, knownOpenSessionOf, openSessionOf, sessionOf } from './http/session.js';
import { servePage } from './http/static.js';
import { createFigureRoutes } from './office/figures/routes.js';
import { createHarvestRoutes } from './office/harvests/routes.js';
import { createImportRoutes } from './office/imports/routes.js';

/** The house as it listens: `close` ends every patron's visit, before the engine closes. */
export interface House {
  app: Express;
  close(): Promise<void>;
}

/** The house's table of contents: builds each desk over the engine and mounts its routes behind their guards. */
export function createApp(
  config: Config,
  engine: Engine,
  deps: { log: Logger; onFault: (error: unknown) => void },
): House {
  const { log, onFault } = deps;
  const dataDir = join(config.programDir, 'data');
  const prompts = { ...readPrompts(dataDir), speech: readSpeech(dataDir) };
  engine.llm.preload?.(systemPromptsOf(prompts));
  const conversations = createConversations<Conversation>();
  const visits = createVisits({ onEnd: (visit) => conversations.endVisit(visit) });
  const discovery = createDiscovery({
    search: engine.search,
    records: engine.records,
    ils: engine.ils,
    cache: engine.cache,
    conversations,
    visits,
    llm: engine.llm,
    figures: engine.figures,
    phrases: readPhrases(dataDir),
    followups: readFollowups(dataDir),
    prompts,
    policy: readPolicy([dataDir, config.dataDir]),
    ai: { on: config.ai, budgetMs: config.answerBudgetMs },
    libraryName: config.libraryName,
    cards: 5,
  });
  const sentences = readAccountSentences(dataDir);
  const account = createAccountDesk({
    ils: engine.ils,
    records: engine.records,
    kept: engine.kept,
    sentences,
    visits,
    onFault,
    sessionLimits: { idleMs: config.visitIdleMs, lifetimeMs: config.visitLongestMs },
    attemptLimits: {
      ...attemptLimits,
      card: { ...attemptLimits.card, failures: config.signInTries },
      cardOfDay: { ...attemptLimits.cardOfDay, failures: config.signInTriesADay },
    },
  });
  const door = createPatronDoor({
    sessions: account.sessions,
    fileKey: engine.fileKey,
    secure: config.secureCookies,
  });
  const document = openApiDocument(
    [...discoveryRoutes, ...accountRoutes, ...officeRoutes],
    { ...namedSchemas, ...namedAccountSchemas },
    { version: engine.version },
  );
  const docs = apiDocs(document);

  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', config.trustProxy);
  app.use(requestLog(log));
  app.use(securityHeaders({ secure: config.secureCookies }));
  app.use(
    '/health',
    healthRoutes(() => engine.readiness()),
  );

  const api = express.Router();
  api.use((_req, res, next) => {
    // Answers hold patrons' words: no browser or proxy keeps a copy.
    res.setHeader('cache-control', 'no-store');
    next();
  });
  api.use(requestLimit(config.rateLimitPerMinute));
  api.use(sameSiteWrites());
  api.use('/openapi.json', docs.json);
  api.use(
    '/office/imports',
    staffOnly(config.staffKey),
    createImportRoutes({
      dataDir: config.dataDir,
      imports: engine.imports,
      trainings: engine.trainings,
      onFault,
    }),
  );
  api.use('/office/harvests', staffOnly(config.staffKey), createHarvestRoutes({ harvests: engine.harvests }));
  api.use('/office/figures', staffOnly(config.staffKey), createFigureRoutes({ figures: engine.figures }));
  api.use(anonymousSession({ secure: config.secureCookies, hasEnded: visits.hasEnded }));
  api.use(door.recognise);
  if (engine.patronAddress) api.use(patronAddressed(engine.patronAddress.during));
  api.use(
    createAccountRoutes(account, {
      door,
      sentences,
      visits,
      carryOver(before, now) {
        conversations.carryOver(before, now);
        visits.carryOver(before, now);
      },
    }),
  );
  api.use(express.json({ limit: '64kb' }));
  api.use(createDiscoveryRoutes(discovery, { sessionOf, openSessionOf, knownOpenSessionOf }));
  api.use(nothingHere);

  app.use('/api/v1', api);
  app.use('/docs', docs.page);
  app.use(servePage(join(config.programDir, 'server/web/dist')));
  app.use(nothingHere);
  app.use(sendProblems(log));
  return { app, close: () => account.close() };
}
