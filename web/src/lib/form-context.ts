// What every field of one form shares.
import { inject, provide, type InjectionKey } from 'vue'
import type { Attachment, Data, Json, Origin, Schema, ServiceForm } from '@/api/types'

export interface FormContext {
  schema: Schema
  readonly data: Data
  readonly origin: Record<string, Origin>
  readonly faults: Record<string, string>
  readonly disputed: Set<string>
  readonly reusable: ServiceForm['reusable']
  readonly files: Record<string, Attachment> // known attachments by id
  set(pointer: string, value: Json | undefined): void
  left(pointer: string): void
  dispute(pointer: string): void
  addFile(a: Attachment): void
}
const KEY: InjectionKey<FormContext> = Symbol('form')
export const provideForm = (c: FormContext) => provide(KEY, c)
export function useForm(): FormContext {
  const c = inject(KEY)
  if (!c) throw new Error('a field outside a form')
  return c
}
