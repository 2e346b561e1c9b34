import { z } from 'zod';

/** Every no that Carrel means to say: code, HTTP status, and the sentence a person reads. */
export const problems = {
  bad_request: { status: 400, title: 'The request is not in the form this address takes.' },
  csrf_refused: { status: 403, title: 'The request came from another site.' },
  staff_only: { status: 401, title: 'This needs the staff key.' },
  signed_out: { status: 401, title: 'Please sign in with your library card first.' },
  not_found: { status: 404, title: 'There is nothing at this address.' },
  conversation_not_found: { status: 404, title: 'This conversation has ended or never began.' },
  record_not_found: { status: 404, title: 'The library holds no record with this id.' },
  question_not_found: { status: 404, title: 'This question was answered already, or too long ago.' },
  list_not_found: { status: 404, title: 'There is no list with this id.' },
  job_not_found: { status: 404, title: 'There is no job with this id.' },
  quarantine_not_found: { status: 404, title: 'There is no quarantined record with this id.' },
  method_not_allowed: { status: 405, title: 'This address does not take that method.' },
  import_running: { status: 409, title: 'Another import is running; wait for it or cancel it.' },
  turn_in_progress: { status: 409, title: 'The turn before this one is still being answered.' },
  not_chosen: { status: 409, title: 'This is kept only for who has chosen to keep it.' },
  file_unreadable: { status: 422, title: 'The file cannot be imported.' },
  payload_too_large: { status: 413, title: 'The request is larger than this address takes.' },
  too_many_requests: { status: 429, title: 'Too many requests from this place; please wait a little.' },
  internal: { status: 500, title: 'Something went wrong on our side. Nothing of yours was lost.' },
  busy: { status: 503, title: 'Many people are asking at once; please try again in a moment.' },
  not_ready: { status: 503, title: 'Carrel is not ready to answer yet; please try again in a moment.' },
} as const;

export type ProblemCode = keyof typeof problems;

/** RFC 9457 body. `type` is a relative address that docs/errors.md answers. */
export const ProblemBody = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]]),
  detail: z.string().optional(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  request_id: z.string().optional(),
});
export type ProblemBody = z.infer<typeof ProblemBody>;

export interface ProblemDetails {
  detail?: string;
  errors?: { path: string; message: string }[];
  retryAfterSeconds?: number;
}

/** A no that Carrel means to say. Anything else that is thrown is a fault. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly details: ProblemDetails;

  constructor(code: ProblemCode, details: ProblemDetails = {}, options?: ErrorOptions) {
    super(details.detail ?? problems[code].title, options);
    this.name = 'Problem';
    this.code = code;
    this.details = details;
  }
}
