/** One who reads a file that grows: waits, wishes, and tells how far it is. Knows of the file what it is shown. */

import { closeSync, openSync } from 'node:fs'
import type { GrowingFile } from '../../model/growing-file.ts'
import type { PartSizes } from '../../model/part-sizes.ts'

/** What a reader sees of the file. */
export interface Growth {
  readonly path: string
  readonly watermark: number
  readonly bytes: number | undefined
  readonly parts: PartSizes | undefined
  readonly isWhole: boolean
  /** What lies before it was given back to the disk. */
  readonly spent: number
  /** Resolves when the size of the whole is known. */
  ask(): Promise<void>
  wait(isOver: () => boolean): Promise<void>
  wish(from: number, to: number): Promise<void>
  /** Whether who reads waits before it goes on with these bytes: else it would make more than is given back meanwhile. */
  isHeldBack(from: number, to: number): boolean
  /** Something about a reader changed. */
  stir(): void
}

/** One who reads. Once the file was begun anew it hears of nothing else: whoever reads takes another one. */
export class Reader implements GrowingFile {
  readonly handle: number
  readonly #file: Growth
  readonly #close: () => void
  #passed = 0
  #awaited = 0
  #isSorry = false
  #isFinished = false
  #ended: Error | undefined

  constructor(file: Growth, close: () => void) {
    this.handle = openSync(file.path, 'r')
    this.#file = file
    this.#close = close
  }

  get path(): string {
    return this.#file.path
  }

  get watermark(): number {
    return this.#ended ? 0 : this.#file.watermark
  }

  get bytes(): number | undefined {
    return this.#file.bytes
  }

  get parts(): PartSizes | undefined {
    return this.#file.parts
  }

  get isWhole(): boolean {
    return this.#ended === undefined && this.#file.isWhole
  }

  get passed(): number {
    return this.#passed
  }

  async size(): Promise<number> {
    this.#refuseEnded()
    await this.#file.ask()
    this.#refuseEnded()
    return this.#file.bytes ?? this.#file.watermark
  }

  /** It needs nothing any more. */
  get isFinished(): boolean {
    return this.#isFinished
  }

  get awaited(): number {
    return this.#awaited
  }

  get isSorry(): boolean {
    return this.#isSorry
  }

  async until(bytes: number): Promise<number> {
    if (Number.isFinite(bytes) && bytes > this.#awaited) {
      this.#awaited = bytes
      this.#file.stir()
    }
    await this.#wait(() => this.#file.watermark >= bytes)
    return this.#file.watermark
  }

  async need(from: number, to: number): Promise<void> {
    if (from < this.#file.spent) {
      this.#isSorry = true
      this.#file.stir()
      // It is begun anew now, and this reader hears of that.
      await this.#wait(() => false)
    }
    await this.until(to)
    await this.#wait(() => !this.#file.isHeldBack(from, to))
  }

  async wish(from: number, to: number): Promise<void> {
    this.#refuseEnded()
    await this.#file.wish(from, to)
    this.#refuseEnded()
  }

  pass(position: number): void {
    if (position === Number.POSITIVE_INFINITY) this.#isFinished = true
    else if (position > this.#passed) this.#passed = position
    else return
    this.#file.stir()
  }

  end(error: Error): void {
    this.#ended = error
  }

  close(): void {
    closeSync(this.handle)
    this.#close()
  }

  async #wait(isOver: () => boolean): Promise<void> {
    this.#refuseEnded()
    await this.#file.wait(isOver)
    this.#refuseEnded()
  }

  #refuseEnded(): void {
    if (this.#ended) throw this.#ended
  }
}
