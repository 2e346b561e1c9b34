import type { z } from 'zod';
import type { ProblemCode } from './problems.js';

/** One address of the API: what it takes, what it answers and which problems it may mean to say. */
export interface Route {
  method: 'get' | 'post' | 'put' | 'delete';
  /** OpenAPI path below /api/v1, such as `/records/{id}`. */
  path: string;
  summary: string;
  description?: string;
  tag: 'conversation' | 'catalogue' | 'staff' | 'service';
  /** Path parameters and query string: objects whose keys are the parameters. */
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: { schema?: z.ZodType; contentType?: string };
  answers: { status: number; description: string; schema?: z.ZodType; contentType?: string }[];
  problems: ProblemCode[];
}
