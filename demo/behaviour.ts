/** What a mirror can be told to do, lies included. Types only. */

/** What the mirror does with one request. Positions count from the first byte of the answer's body. */
export type Behaviour =
  /** Ranges, `ETag`, `Last-Modified`. */
  | { readonly does: 'normal' }
  /** The whole file, and no word about ranges. */
  | { readonly does: 'no-ranges' }
  /** The whole file, although ranges are promised. */
  | { readonly does: 'range-ignored' }
  /** The right status for a range, and the bytes of another one. */
  | { readonly does: 'wrong-range' }
  /** The whole file, without telling its length. */
  | { readonly does: 'chunked' }
  | { readonly does: 'status'; readonly status: number; readonly retryAfter?: string }
  /** Hangs up after so many bytes of the body; with `ranges: 'ignored'` it always begins at the first. */
  | { readonly does: 'cut'; readonly after: number; readonly ranges?: 'ignored' }
  | { readonly does: 'drip'; readonly bytesPerSecond: number }
  /** Sends so many bytes, then nothing, and keeps the connection. */
  | { readonly does: 'stall'; readonly after: number }
  /** Sends no byte of the file behind `from` and before `to` until that has resolved. */
  | {
      readonly does: 'wait'
      readonly from: number
      readonly to: number
      readonly until: Promise<unknown>
    }
  /** As long as the file, with another content. */
  | { readonly does: 'wrong-bytes' }
  /** A file of another length, consistently. */
  | { readonly does: 'wrong-length'; readonly bytes: number }
  /** A page with status 200, as login walls and quota pages answer. */
  | { readonly does: 'html'; readonly title: string }
  /** This very page. */
  | { readonly does: 'page'; readonly html: string; readonly status?: number }
  | { readonly does: 'redirect'; readonly to: string }
  | { readonly does: 'redirect-loop' }
  /** A redirect to `/cdn/…` that tells size and digest, as the Hugging Face hub does. */
  | {
      readonly does: 'huggingface'
      readonly sha256?: string
      readonly size?: number
      readonly cdn?: string
      readonly commit?: string
    }
  /** Another `ETag` each time, as if the file were replaced again and again. */
  | { readonly does: 'etag-changes' }
  /** This `ETag`, whatever the file; none where it is empty. */
  | { readonly does: 'tagged'; readonly etag: string }
  /** `HEAD` is refused; everything else is as usual. */
  | { readonly does: 'no-head'; readonly status: number }
