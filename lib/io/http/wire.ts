/**
 * A connection that reads into two buffers of its own, in turns: what is in one is written to the disk while the other
 * fills, and no byte is copied on the way. Knows no HTTP. Whoever takes bytes may read them until he takes the next.
 */

import { connect, type OnReadOpts, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** For the two buffers of all connections that fetch at once. */
const landingBytes = 12 << 20
const [leastBufferBytes, mostBufferBytes] = [128 << 10, 1 << 20]
/** Less than this is not worth a read. */
const leastRoom = 64 << 10
/** A buffer that is not even half full is not worth a write, if more comes within moments: each one wakes a thread. */
const worthShare = 0.5
const momentsMs = 20

export interface WireOptions {
  readonly host: string
  readonly port: number
  readonly isTls: boolean
  /** In milliseconds. */
  readonly connectMs: number
  /** How many such connections are at work at once: they share the memory. */
  readonly connections: number
}

type Which = 0 | 1

interface Part {
  readonly of: Which
  readonly from: number
  to: number
}

/** Nothing came in time. */
export class Silent extends Error {
  override readonly name = 'Silent'
}

export class Wire {
  /** Asked for something before: a host may have closed it meanwhile. */
  isUsed = false
  readonly #socket: Socket
  readonly #bufferBytes: number
  readonly #buffers: readonly [Buffer, Buffer]
  /** The buffer that the next read goes to, and from where on. Decided when the read before it ends, not when it begins. */
  #filling: Which = 0
  #filled = 0
  /** What came and was not taken yet, in order. */
  readonly #ready: Part[] = []
  /** The buffer of which somebody reads what he took last. */
  #held: Which | undefined
  #isPaused = false
  #end: Error | undefined
  #wake: (() => void) | undefined

  private constructor(options: WireOptions) {
    const share = Math.floor(landingBytes / 2 / options.connections)
    this.#bufferBytes = Math.min(mostBufferBytes, Math.max(leastBufferBytes, share))
    this.#buffers = [Buffer.allocUnsafeSlow(this.#bufferBytes), Buffer.allocUnsafeSlow(this.#bufferBytes)]
    const onread: OnReadOpts = {
      buffer: () => this.#buffers[this.#filling].subarray(this.#filled),
      callback: bytes => this.#take(bytes),
    }
    const { host, port, isTls } = options
    // Fields that the types of tls.connect do not list are handed on to the socket.
    const tls = {
      host,
      port,
      onread,
      ALPNProtocols: ['http/1.1'],
      ...(/[a-z]/i.test(host) && { servername: host }),
    }
    this.#socket = isTls ? connectTls(tls) : connect({ host, port, onread })
    this.#socket.setNoDelay(true)
    this.#socket.on('error', error => this.#stop(error))
    this.#socket.on('end', () => this.#stop(new Error('closed by the host')))
    this.#socket.on('close', () => this.#stop(new Error('closed')))
    // An end is only seen by who reads.
    this.#socket.resume()
  }

  /** Resolves when it is connected; rejects with the system's error, or with Silent. */
  static async open(options: WireOptions, signal: AbortSignal): Promise<Wire> {
    const wire = new Wire(options)
    const stop = (): void => wire.close()
    signal.addEventListener('abort', stop, { once: true })
    try {
      await wire.#connected(options)
      return wire
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  /** Fit to be asked something. */
  get isOpen(): boolean {
    return this.#end === undefined && this.#ready.length === 0
  }

  /** Does not keep the process alive while nobody asks for anything. */
  rest(): void {
    this.#socket.unref()
  }

  send(text: string): void {
    this.isUsed = true
    this.#socket.ref()
    this.#socket.write(text, 'latin1')
  }

  /**
   * What came next, in one piece: about as much as is worth a write, but not more than `wanted` is waited for. Rejects when
   * nothing comes for so long, or when the connection is over.
   */
  async take(silentMs: number, wanted: number): Promise<Buffer> {
    this.#held = undefined
    this.#goOn()
    if (this.#ready.length === 0) await this.#more(silentMs)
    await this.#gather(Math.min(wanted, this.#bufferBytes * worthShare))
    const part = this.#ready.shift()
    if (!part) throw this.#end ?? new Error('nothing came')
    this.#held = part.of
    return this.#buffers[part.of].subarray(part.from, part.to)
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(bytes: number): boolean {
    const last = this.#ready.at(-1)
    if (last?.of === this.#filling && last.to === this.#filled) last.to += bytes
    else this.#ready.push({ of: this.#filling, from: this.#filled, to: this.#filled + bytes })
    this.#filled += bytes
    if (this.#bufferBytes - this.#filled < leastRoom) {
      this.#filling = this.#filling === 0 ? 1 : 0
      this.#filled = 0
      this.#isPaused = !this.#isFree(this.#filling)
    }
    this.#wake?.()
    return !this.#isPaused
  }

  #isFree = (which: Which): boolean => this.#held !== which && this.#ready.every(({ of }) => of !== which)

  #goOn(): void {
    if (!this.#isPaused || !this.#isFree(this.#filling)) return
    this.#isPaused = false
    this.#socket.resume()
  }

  #stop(error: Error): void {
    this.#end ??= error
    this.#wake?.()
  }

  async #more(silentMs: number): Promise<void> {
    if (this.#end) throw this.#end
    await this.#until(silentMs, wake => {
      this.#wake = wake
    })
    this.#wake = undefined
  }

  /** Many small reads are one write. */
  async #gather(bytes: number): Promise<void> {
    const untilMs = performance.now() + momentsMs
    const isLittle = ([first, ...others]: readonly Part[]): boolean =>
      first !== undefined && others.length === 0 && first.to - first.from < bytes
    for (let leftMs = momentsMs; leftMs > 0 && !this.#end; leftMs = untilMs - performance.now()) {
      if (!isLittle(this.#ready)) return
      await new Promise<void>(resolve => {
        const moment = setTimeout(resolve, leftMs)
        this.#wake = () => {
          clearTimeout(moment)
          resolve()
        }
      })
      this.#wake = undefined
    }
  }

  async #connected({ isTls, connectMs }: WireOptions): Promise<void> {
    try {
      await this.#until(connectMs, wake => {
        this.#socket.once(isTls ? 'secureConnect' : 'connect', wake)
        this.#wake = wake
      })
    } catch (error) {
      this.close()
      throw error
    }
    this.#wake = undefined
    if (this.#end) throw this.#end
  }

  /** Until it is woken; Silent after so long. */
  async #until(milliseconds: number, arrange: (wake: () => void) => void): Promise<void> {
    let watchdog: NodeJS.Timeout | undefined
    try {
      await new Promise<void>((resolve, reject) => {
        arrange(resolve)
        watchdog = setTimeout(() => reject(new Silent()), milliseconds)
      })
    } finally {
      clearTimeout(watchdog)
    }
  }
}
